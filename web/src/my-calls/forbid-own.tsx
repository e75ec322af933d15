/** Forbids the use of an official's own recordings (R48, R49), without a reason. Only their own parts of a call. */
import { Ban } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { announce } from '../shell/announce.tsx'
import { useCallerWishEnded } from './caller-wish.ts'
import { prohibitionTextKey } from './prohibition-text-key.ts'

const choices = [
  { party: 'CALLER', channel: 'CALL', word: 'my-calls.forbid.caller' },
  { party: 'OFFICIAL', channel: 'OWN_CALLS', word: 'my-calls.forbid.own' },
] as const

/** Buttons for the caller's prohibition and for the official's own, each with a confirmation; then the result. */
export function ForbidOwn({
  recordingId,
  when,
  isOngoing,
  isGone,
  callerWishUntil,
  forbidden,
  onForbidden,
}: {
  recordingId: string
  /** Start of the call, which identifies the button to screen readers. */
  when: string
  /** The call is being recorded now. */
  isOngoing: boolean
  /** The recording is already destroyed. */
  isGone: boolean
  /** Deadline for entering the caller's prohibition here; undefined during the call. */
  callerWishUntil?: string | undefined
  /** Result, once it was forbidden here. */
  forbidden: Prohibition | undefined
  onForbidden: (prohibition: Prohibition) => void
}) {
  const { t, language } = useLanguage()
  const group = useRef<HTMLDivElement>(null)
  const hasEnded = useCallerWishEnded(callerWishUntil, group)
  const forbid = $api.useMutation('post', '/api/recordings/{id}/prohibitions')
  const [confirming, setConfirming] = useState<(typeof choices)[number]>()
  const [isMine, setMine] = useState(false)
  const outcome = useRef<HTMLDivElement>(null)
  const hint = useId()
  const message = forbidden && t(prohibitionTextKey(forbidden.state, { isOngoing, isGone }))

  useEffect(() => {
    if (isMine && message !== undefined) announce(message)
  }, [isMine, message])
  // The focused element is gone with the question.
  useEffect(() => {
    if (isMine) outcome.current?.focus()
  }, [isMine])

  const submit = async ({ party, channel }: (typeof choices)[number]) => {
    const done = await forbid
      .mutateAsync({ params: { path: { id: recordingId } }, body: { party, channel } })
      .catch(() => undefined)
    if (!done) return
    setMine(true)
    onForbidden(done)
  }
  if (message !== undefined) {
    return (
      <div ref={outcome} tabIndex={-1} className="forbid-own">
        <Notice kind={forbidden?.state === 'waiting' && !isGone ? 'info' : 'success'}>{message}</Notice>
      </div>
    )
  }
  return (
    <div
      ref={group}
      tabIndex={-1}
      className="forbid-own"
      role="group"
      aria-label={t('my-calls.forbid.title')}
      aria-describedby={hint}
    >
      <span id={hint} className="visually-hidden">
        {when}
      </span>
      <div className="actions">
        {choices
          .filter(({ party }) => party === 'OFFICIAL' || !hasEnded)
          .map((choice) => (
            <Button
              key={choice.party}
              kind="secondary"
              className="button-small"
              isBusy={forbid.isPending}
              aria-label={`${t(choice.word)}, ${when}`}
              onPress={() => setConfirming(choice)}
            >
              <Ban aria-hidden="true" size={16} />
              {t(choice.word)}
            </Button>
          ))}
      </div>
      {callerWishUntil !== undefined && (
        <p className="second">
          {hasEnded
            ? t('my-calls.forbid.caller.over.short')
            : t('my-calls.forbid.caller.until.short', { time: formatTime(callerWishUntil, language) })}
        </p>
      )}
      {forbid.error && <Failure error={forbid.error} />}
      <Confirm
        title={t(
          confirming?.party === 'OFFICIAL' ? 'my-calls.forbid.question.OFFICIAL' : 'my-calls.forbid.question.CALLER',
        )}
        doLabel={t(isOngoing ? 'my-calls.forbid.do.now' : 'my-calls.forbid.do')}
        isOpen={confirming !== undefined}
        onDo={() => confirming && void submit(confirming)}
        onClose={() => setConfirming(undefined)}
      >
        <p>{t(isOngoing ? 'my-calls.forbid.confirm.now' : 'my-calls.forbid.confirm')}</p>
        <p>{t(isOngoing ? 'my-calls.forbid.confirm.now.more' : 'my-calls.forbid.confirm.more')}</p>
      </Confirm>
    </div>
  )
}
