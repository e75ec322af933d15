import { Headphones } from 'lucide-react'
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Player, type ListenPlace } from '../listening/player.tsx'
import { useListening } from '../listening/use-listening.ts'

/** The recording that is evaluated: a listening like any other, logged, under the purpose of quality. */
export function EvaluationListen({ recordingId, place }: { recordingId: string; place: Ref<ListenPlace> }) {
  const { say } = useLanguage()
  const { state, start, end, recover, pace } = useListening(recordingId, { purpose: 'QUALITY' })
  const player = useRef<ListenPlace>(null)
  const offer = useRef<HTMLButtonElement>(null)
  const [atMs, setAt] = useState(0)
  const isOver = state.state === 'over' || state.state === 'refused'
  const isFinal = state.state === 'over' && (state.why === 'right' || state.why === 'destroyed')

  useImperativeHandle(place, () => ({
    playFrom(ms) {
      if (player.current) return player.current.playFrom(ms)
      setAt(ms)
      void start()
    },
    toggle() {
      if (player.current) player.current.toggle()
      else void start()
    },
    positionMs: () => player.current?.positionMs() ?? atMs,
  }))
  useEffect(() => {
    if (isOver) offer.current?.focus()
  }, [isOver])

  if (state.state === 'open') {
    return (
      <Player
        place={player}
        listening={state.listening}
        peaks={state.peaks}
        segmentId={undefined}
        startMs={atMs}
        onEnd={() => end('left')}
        onSpeed={pace}
        onBroken={recover}
        onStop={setAt}
      />
    )
  }
  return (
    <div className="listen">
      {state.state === 'over' && (
        <Notice kind={state.why === 'left' ? 'success' : 'warning'} isUrgent>
          <p>{say(`listen.over.${state.why}`)}</p>
        </Notice>
      )}
      {state.state === 'refused' && <Failure error={state.error} />}
      {!isFinal && (
        <div className="listen-offer">
          <Button
            ref={offer}
            kind="primary"
            isBusy={state.state === 'opening'}
            onPress={() => void start()}
            aria-describedby="quality-listen-note"
          >
            <Headphones aria-hidden="true" size={20} />
            {say(state.state === 'opening' ? 'listen.opening' : isOver ? 'listen.again' : 'listen.start')}
          </Button>
          <p id="quality-listen-note">
            {say('listen.purpose')} <strong>{say('purpose.QUALITY')}</strong>. {say('listen.logged')}
          </p>
        </div>
      )}
    </div>
  )
}
