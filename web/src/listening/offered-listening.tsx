import { Headphones } from 'lucide-react'
import {
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from 'react'
import type { Listening, Peaks, UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { ListenPlace } from './player-frame.tsx'
import { useListening } from './use-listening.ts'
import type { OnBroken } from './use-playback.ts'

/** What a player is given of a listening that is open. */
export interface OpenListening {
  place: Ref<ListenPlace>
  listening: Listening
  peaks: Peaks
  startMs: number
  onEnd: () => void
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  /** Where it stopped: the next listening begins there. */
  onStop: (ms: number) => void
}

/** A recording beside the work on it: offered, opened under the purpose of the work, and offered again when it is over. */
export function OfferedListening({
  recordingId,
  under,
  place,
  startWord = 'listen.start',
  onOpen,
  children,
}: {
  recordingId: string
  under: UnderPurpose
  /** Where it is heard from, whether or not it is being heard now: asked to play, it opens first where none is open. */
  place: Ref<ListenPlace>
  startWord?: 'listen.start' | 'anonymisation.original.start'
  /** A listening opened or ended. */
  onOpen?: (isOpen: boolean) => void
  /** The player. */
  children: (open: OpenListening) => ReactNode
}) {
  const { say } = useLanguage()
  const { state, start, end, recover, pace } = useListening(recordingId, under)
  const player = useRef<ListenPlace>(null)
  const offer = useRef<HTMLButtonElement>(null)
  const note = useId()
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
  const tellOpen = useEffectEvent((isOpenNow: boolean) => onOpen?.(isOpenNow))
  useEffect(() => tellOpen(isOpen), [isOpen])
  useEffect(() => {
    if (isOver) offer.current?.focus()
  }, [isOver])

  if (isOpen) {
    const { listening, peaks } = state
    return children({
      ...{ place: player, listening, peaks, startMs: atMs },
      ...{ onEnd: () => end('left'), onSpeed: pace, onBroken: recover, onStop: setAt },
    })
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
            aria-describedby={note}
          >
            <Headphones aria-hidden="true" size={20} />
            {say(state.state === 'opening' ? 'listen.opening' : isOver ? 'listen.again' : startWord)}
          </Button>
          <p id={note}>
            {say('listen.purpose')} <strong>{say(`purpose.${under.purpose}`)}</strong>
            {under.reference && ` (${under.reference})`}. {say('listen.logged')}
          </p>
        </div>
      )}
    </div>
  )
}
