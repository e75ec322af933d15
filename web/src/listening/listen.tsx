import { Link } from '@tanstack/react-router'
import { Headphones } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useRef, useState, type ReactNode } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { usePurpose } from '../session/purpose.tsx'
import { Player } from './player.tsx'
import { startPosition, type Stopped } from './resume.ts'
import { useListening, type ListeningState } from './use-listening.ts'

/** States the purpose of the listening and that it is logged; plays the recording at one press. */
export function Listen({
  recordingId,
  segmentId,
  momentMs,
  hasLink = true,
  transferredTo,
  onClose,
  onChanged,
  onPlayed,
}: {
  recordingId: string
  segmentId: string
  momentMs: number | undefined
  /** True if the player offers links to moments of the recording, which open this page. */
  hasLink?: boolean
  /** Who answered after this part of the call, if it was transferred. */
  transferredTo?: string | undefined
  /**
   * Called when the listener closes the player. Given where a button of a list has already stated the purpose and that the listening
   * is logged: the listening then starts at once, and the list keeps the focus.
   */
  onClose?: () => void
  /** Called when a listening starts or ends: the list of listenings has changed. */
  onChanged?: () => void
  /** Called when audio has been played. */
  onPlayed?: () => void
}) {
  const { t } = useLanguage()
  const under = usePurpose()
  const { state, start, end, recover, pace } = useListening(recordingId, under)
  const [stopped, setStopped] = useState<Stopped>()
  const startMs = startPosition(momentMs, stopped)
  const hasEnded = state.state === 'over' || state.state === 'refused'
  // A person without the right would be refused, and the reason why the audio stopped would be lost.
  const mayView = !(state.state === 'over' && state.why === 'right')

  const notify = useEffectEvent(() => onChanged?.())
  useEffect(() => {
    if (mayView && (state.state === 'open' || hasEnded)) notify()
  }, [state.state, hasEnded, mayView])

  const isBeside = onClose !== undefined
  const begin = useEffectEvent(() => void start())
  useEffect(() => {
    if (!isBeside) return
    const timer = window.setTimeout(() => begin())
    return () => window.clearTimeout(timer)
  }, [isBeside])

  if (state.state === 'open') {
    return (
      <Player
        listening={state.listening}
        peaks={state.peaks}
        segmentId={hasLink ? segmentId : undefined}
        startMs={startMs}
        isBeside={isBeside}
        transferredTo={transferredTo}
        onEnd={() => {
          end('left')
          onClose?.()
        }}
        onSpeed={pace}
        onBroken={recover}
        onPlayed={onPlayed}
        onStop={(atMs, durationMs) => setStopped({ atMs, durationMs, momentMs })}
      />
    )
  }
  return (
    <ListenOffer
      state={state}
      under={under}
      moment={(momentMs != null || startMs > 0) && <> {t('listening.moment', { position: formatPosition(startMs) })}</>}
      onStart={() => void start()}
      whenRightEnded={<OwnRights />}
    />
  )
}

/** Offers a recording: the purpose and that it is logged; why the last listening ended. */
export function ListenOffer({
  state,
  under,
  startWord = 'listening.start',
  moment,
  onStart,
  whenRightEnded,
}: {
  state: Exclude<ListeningState, { state: 'open' }>
  under: UnderPurpose
  startWord?: 'listening.start' | 'anonymisation.original.start'
  /** Start position. */
  moment?: ReactNode
  onStart: () => void
  whenRightEnded?: ReactNode
}) {
  const { t } = useLanguage()
  const box = useRef<HTMLDivElement>(null)
  const note = useId()
  const hasEnded = state.state === 'over' || state.state === 'refused'
  // Does not offer another listening after the right was withdrawn or the recording destroyed: it would be refused.
  const isFinal = state.state === 'over' && (state.why === 'right' || state.why === 'destroyed')

  useEffect(() => {
    if (hasEnded) box.current?.querySelector<HTMLElement>('.listen-offer button, a')?.focus()
  }, [hasEnded])

  return (
    <div className="listen" ref={box}>
      {state.state === 'over' && (
        <Notice kind={state.why === 'left' ? 'success' : 'warning'} isUrgent>
          <p>{t(`listening.over.${state.why}`)}</p>
          {state.why === 'right' && whenRightEnded}
        </Notice>
      )}
      {state.state === 'refused' && <Failure error={state.error} />}
      {!isFinal && (
        <div className="listen-offer">
          <Button kind="primary" isBusy={state.state === 'opening'} onPress={onStart} aria-describedby={note}>
            <Headphones aria-hidden="true" size={20} />
            {t(state.state === 'opening' ? 'listening.opening' : hasEnded ? 'listening.again' : startWord)}
          </Button>
          <p id={note}>
            {t('listening.purpose')} <strong>{t(`session.purpose.${under.purpose}`)}</strong>
            {under.reference && ` (${under.reference})`}. {t('listening.logged')}
            {moment}
          </p>
        </div>
      )}
    </div>
  )
}

/** Links to one's own rights, to see why one ended and to request it again. */
function OwnRights() {
  const { t } = useLanguage()
  const me = useMe()
  return (
    <p>
      {t('listening.over.right.next')}{' '}
      <Link to="/rights/people/$id" params={{ id: me.personId }}>
        {t('rights.mine')}
      </Link>
    </p>
  )
}
