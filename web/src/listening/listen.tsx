import { Link } from '@tanstack/react-router'
import { Headphones } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { usePurpose } from '../session/purpose.tsx'
import { Player } from './player.tsx'
import { beginsAt, type Stopped } from './resume.ts'
import { useListening } from './use-listening.ts'

/** Says under which purpose the recording would be heard and that it is logged; then plays it. */
export function Listen({
  recordingId,
  segmentId,
  momentMs,
  hasLink = true,
  onLooked,
  onHeard,
}: {
  recordingId: string
  segmentId: string
  momentMs: number | undefined
  /** The page has moments that a link leads to. */
  hasLink?: boolean
  /** A listening began or ended: who has listened has changed. */
  onLooked: () => void
  /** Sound has been heard. */
  onHeard?: () => void
}) {
  const { say } = useLanguage()
  const under = usePurpose()
  const { state, start, end, recover, pace } = useListening(recordingId, under)
  const again = useRef<HTMLDivElement>(null)
  const [stopped, setStopped] = useState<Stopped>()
  const startMs = beginsAt(momentMs, stopped)
  // What was taken away is not offered again: another try would be refused.
  const isFinal = state.state === 'over' && (state.why === 'right' || state.why === 'destroyed')
  const isOver = state.state === 'over' || state.state === 'refused'

  const tell = useEffectEvent(onLooked)
  useEffect(() => {
    if (state.state === 'open' || isOver) tell()
    if (!isOver) return
    again.current?.querySelector<HTMLElement>('.listen-offer button, a')?.focus()
  }, [state.state, isOver])

  if (state.state === 'open') {
    return (
      <Player
        listening={state.listening}
        peaks={state.peaks}
        segmentId={hasLink ? segmentId : undefined}
        startMs={startMs}
        onEnd={() => end('left')}
        onSpeed={pace}
        onBroken={recover}
        onHeard={onHeard}
        onStop={(atMs, durationMs) => setStopped({ atMs, durationMs, momentMs })}
      />
    )
  }
  return (
    <div className="listen" ref={again}>
      {state.state === 'over' && (
        <Notice kind={state.why === 'left' ? 'success' : 'warning'} isUrgent>
          <p>{say(`listen.over.${state.why}`)}</p>
          {state.why === 'right' && <OwnRights />}
        </Notice>
      )}
      {state.state === 'refused' && <Failure error={state.error} />}
      {!isFinal && (
        <div className="listen-offer">
          <Button
            kind="primary"
            isBusy={state.state === 'opening'}
            onPress={() => void start()}
            aria-describedby={`note-${segmentId}`}
          >
            <Headphones aria-hidden="true" size={20} />
            {say(state.state === 'opening' ? 'listen.opening' : isOver ? 'listen.again' : 'listen.start')}
          </Button>
          <p id={`note-${segmentId}`}>
            {say('listen.purpose')} <strong>{say(`purpose.${under.purpose}` as Word)}</strong>
            {under.reference && ` (${under.reference})`}. {say('listen.logged')}
            {(momentMs != null || startMs > 0) && <> {say('listen.moment', { position: formatPosition(startMs) })}</>}
          </p>
        </div>
      )}
    </div>
  )
}

/** Where somebody whose right has ended sees why, and asks for it again. */
function OwnRights() {
  const { say } = useLanguage()
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return (
    <p>
      {say('listen.over.right.next')}{' '}
      <Link to="/rights/people/$id" params={{ id: presence.me.personId }}>
        {say('rights.mine')}
      </Link>
    </p>
  )
}
