import { Headphones } from 'lucide-react'
import { useEffect, useEffectEvent, useImperativeHandle, useRef, useState, type Ref } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { Stretch } from '../listening/silence.ts'
import { useListening } from '../listening/use-listening.ts'
import type { Track } from './copy-shapes.ts'
import { EditorPlayer, type PlayerPlace } from './editor-player.tsx'
import type { Mark } from './mark.ts'
import type { Redaction } from './work.ts'

/** Where the original is heard from, whether or not it is being heard now. */
export interface OriginalPlace {
  /** Opens the listening first, where none is open. */
  playFrom: (ms: number) => void
  toggle: () => void
  positionMs: () => number
}

/** The original of a copy: a listening like any other, logged, under the purpose of the study. */
export function Original({
  recordingId,
  under,
  place,
  onOpen,
  ...marking
}: {
  recordingId: string
  under: UnderPurpose
  place: Ref<OriginalPlace>
  /** A listening opened or ended. */
  onOpen: (isOpen: boolean) => void
  redactions: readonly Redaction[]
  mark: Mark
  onPlayed: (played: Stretch[], isPlaying: boolean) => void
  onMark: (on: Track, fromMs: number, toMs: number) => void
  onMarkFrom: (ms: number) => void
  onMarkTo: (ms: number) => void
  onAdd: () => void
  onResize: (key: number, fromMs: number, toMs: number) => void
  onPick: (key: number) => void
}) {
  const { say } = useLanguage()
  const { state, start, end, recover, pace } = useListening(recordingId, under)
  const player = useRef<PlayerPlace>(null)
  const offer = useRef<HTMLButtonElement>(null)
  const [atMs, setAt] = useState(0)
  const isOpen = state.state === 'open'
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
  const tellOpen = useEffectEvent(onOpen)
  useEffect(() => tellOpen(isOpen), [isOpen])
  useEffect(() => {
    if (isOver) offer.current?.focus()
  }, [isOver])

  if (isOpen) {
    return (
      <EditorPlayer
        {...marking}
        place={player}
        listening={state.listening}
        peaks={state.peaks}
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
            aria-describedby="original-note"
          >
            <Headphones aria-hidden="true" size={20} />
            {say(
              state.state === 'opening' ? 'listen.opening' : isOver ? 'listen.again' : 'anonymisation.original.start',
            )}
          </Button>
          <p id="original-note">
            {say('listen.purpose')} <strong>{say('purpose.SERVICE_LEVEL_STUDY')}</strong>
            {under.reference && ` (${under.reference})`}. {say('listen.logged')}
          </p>
        </div>
      )}
    </div>
  )
}
