import { Ban } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { isRefusal } from '../api/refusal.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useCallerWishEnded } from '../my-calls/caller-wish.ts'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { useDestruction } from '../retention/use-destruction.ts'
import { announce } from '../shell/announce.tsx'

interface ProhibitionInput {
  party: 'CALLER' | 'OFFICIAL'
  channel: 'PHONE' | 'LETTER' | 'VISIT' | 'EMAIL' | 'CALL' | 'OWN_CALLS' | 'HOME'
  reference?: string
}

/**
 * Forbids the use of a recording on behalf of its official or caller: one question, no reason (R49). The recording is
 * restricted at once and then destroyed.
 */
export function Forbid({
  recordingId,
  by,
  isRestricted,
  isUnheard = false,
  isCopyRequested = false,
  callerWishUntil,
  served,
  onForbidden,
}: {
  recordingId: string
  /** The official of the call, or the Service Unit serving a request. */
  by: 'official' | 'service-unit'
  /** True if the recording is already forbidden; another prohibition is possible. */
  isRestricted: boolean
  /** The requester has asked to listen first and has not yet. */
  isUnheard?: boolean
  /** The requester has asked for a copy and has not fetched it yet. */
  isCopyRequested?: boolean
  /** For the official: deadline for entering the caller's prohibition; undefined during the call. */
  callerWishUntil?: string | undefined
  /** For the Service Unit: requester, channel, and number of the request. */
  served?: ProhibitionInput
  onForbidden: (prohibition: Prohibition) => void
}) {
  const { t, language } = useLanguage()
  const group = useRef<HTMLDivElement>(null)
  const hasEnded = useCallerWishEnded(callerWishUntil, group)
  const forbid = $api.useMutation('post', '/api/recordings/{id}/prohibitions')
  const [confirming, setConfirming] = useState<ProhibitionInput>()
  // The refusal also reports a pending copy of another request.
  const isRefusedForCopy = isRefusal(forbid.error) && forbid.error.error.code === 'prohibition.copy-waits'
  const isUncopied = isCopyRequested || isRefusedForCopy

  const submit = async (result: ProhibitionInput) => {
    const done = await forbid
      .mutateAsync({
        params: { path: { id: recordingId } },
        body: { ...result, ...(isUncopied && { endsCopy: true }) },
      })
      .catch(() => undefined)
    if (done) onForbidden(done)
  }
  const busy = { isBusy: forbid.isPending }
  return (
    <div ref={group} tabIndex={-1} className={served ? 'stack-small' : 'forbid stack-small'}>
      {!served && <h3>{t('my-calls.forbid.title')}</h3>}
      <p>{t(`my-calls.forbid.what.${by}`)}</p>
      {isRestricted && <p>{t('my-calls.forbid.again')}</p>}
      {isUnheard && <Notice kind="warning">{t('my-calls.forbid.unheard')}</Notice>}
      {isUncopied && <Notice kind="warning">{t('my-calls.forbid.uncopied')}</Notice>}
      {by === 'official' && callerWishUntil !== undefined && (
        <p>
          {t(hasEnded ? 'my-calls.forbid.caller.over' : 'my-calls.forbid.caller.until', {
            time: formatInstant(callerWishUntil, language),
          })}
        </p>
      )}
      {by === 'official' ? (
        <div className="actions">
          {!hasEnded && (
            <Button kind="secondary" {...busy} onPress={() => setConfirming({ party: 'CALLER', channel: 'CALL' })}>
              <Ban aria-hidden="true" size={18} />
              {t('my-calls.forbid.caller')}
            </Button>
          )}
          <Button kind="secondary" {...busy} onPress={() => setConfirming({ party: 'OFFICIAL', channel: 'OWN_CALLS' })}>
            <Ban aria-hidden="true" size={18} />
            {t('my-calls.forbid.own')}
          </Button>
        </div>
      ) : (
        served && (
          <div className="actions">
            <Button kind="secondary" {...busy} onPress={() => setConfirming(served)}>
              <Ban aria-hidden="true" size={18} />
              {t('my-calls.forbid.enter')}
            </Button>
          </div>
        )
      )}
      {forbid.error && <Failure error={forbid.error} />}
      <Confirm
        title={t(
          confirming?.party === 'OFFICIAL' ? 'my-calls.forbid.question.OFFICIAL' : 'my-calls.forbid.question.CALLER',
        )}
        doLabel={t('my-calls.forbid.do')}
        isOpen={confirming !== undefined}
        onDo={() => confirming && void submit(confirming)}
        onClose={() => setConfirming(undefined)}
      >
        {isUnheard && (
          <p>
            <strong>{t('my-calls.forbid.unheard')}</strong>
          </p>
        )}
        {isUncopied && (
          <p>
            <strong>{t('my-calls.forbid.uncopied')}</strong>
          </p>
        )}
        <p>{t('my-calls.forbid.confirm')}</p>
        <p>{t('my-calls.forbid.confirm.more')}</p>
      </Confirm>
    </div>
  )
}

/** Result of a prohibition, announced and shown instead of the question, until and after the destruction. */
export function Forbidden({ prohibition, under }: { prohibition: Prohibition; under: UnderPurpose }) {
  const { t, language } = useLanguage()
  const shown = useRef<HTMLDivElement>(null)
  const destruction = useDestruction(prohibition.recordingId, under)
  const destroyedAt = destruction?.state === 'destroyed' ? destruction.destroyedAt : undefined
  const now: Prohibition = destroyedAt ? { ...prohibition, state: 'executed', executedAt: destroyedAt } : prohibition
  // The focused element is gone with the question.
  useEffect(() => shown.current?.focus(), [])
  const announceNow = useEffectEvent(() => announce(forbiddenText(now, t, language)))
  useEffect(() => announceNow(), [now.state])
  return (
    <div ref={shown} tabIndex={-1} className="forbidden">
      <Notice kind={now.state === 'waiting' ? 'info' : 'success'}>{forbiddenText(now, t, language)}</Notice>
    </div>
  )
}

/** Returns one sentence about the state of a prohibition. */
export function forbiddenText(
  { state, executedAt }: Pick<Prohibition, 'state' | 'executedAt'>,
  t: ReturnType<typeof useLanguage>['t'],
  language: ReturnType<typeof useLanguage>['language'],
): string {
  return state === 'executed' && executedAt
    ? t('my-calls.forbid.executed', { time: formatInstant(executedAt, language) })
    : t(state === 'waiting' ? 'my-calls.forbid.waiting' : 'my-calls.forbid.blocked')
}
