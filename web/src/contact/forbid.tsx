import { Ban } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useCallerWishOver } from '../my-calls/caller-wish.ts'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { useDestruction } from '../retention/use-destruction.ts'
import { announce } from '../shell/announce.tsx'

interface Told {
  party: 'CALLER' | 'OFFICIAL'
  channel: 'PHONE' | 'LETTER' | 'VISIT' | 'EMAIL' | 'CALL' | 'OWN_CALLS'
  reference?: string
}

/**
 * Forbids the use of a recording, as its official or its caller wishes: one question and no reason (R49). It is out of use at
 * once and then destroyed.
 */
export function Forbid({
  recordingId,
  by,
  isRestricted,
  isUnheard = false,
  callerWishUntil,
  served,
  onForbidden,
}: {
  recordingId: string
  /** The official of the call, or the Service Unit, which serves a request. */
  by: 'official' | 'service-unit'
  /** Perhaps it has been forbidden already; telling so again changes nothing. */
  isRestricted: boolean
  /** Whoever forbids has asked to hear it and has not yet. */
  isUnheard?: boolean
  /** The official’s: until when they enter what the caller told them; absent while the call goes on. */
  callerWishUntil?: string | undefined
  /** The Service Unit’s: whose request it is, how it came, and its number. */
  served?: Told
  onForbidden: (prohibition: Prohibition) => void
}) {
  const { say, language } = useLanguage()
  const group = useRef<HTMLDivElement>(null)
  const isOver = useCallerWishOver(callerWishUntil, group)
  const forbid = $api.useMutation('post', '/api/recordings/{id}/prohibitions')
  const [asked, setAsked] = useState<Told>()

  const submit = async (told: Told) => {
    const done = await forbid.mutateAsync({ params: { path: { id: recordingId } }, body: told }).catch(() => undefined)
    if (done) onForbidden(done)
  }
  const busy = { isBusy: forbid.isPending }
  return (
    <div ref={group} tabIndex={-1} className={served ? 'stack-small' : 'forbid stack-small'}>
      {!served && <h3>{say('my-calls.forbid.title')}</h3>}
      <p>{say(`my-calls.forbid.what.${by}`)}</p>
      {isRestricted && <p>{say('my-calls.forbid.again')}</p>}
      {isUnheard && <Notice kind="warning">{say('my-calls.forbid.unheard')}</Notice>}
      {by === 'official' && callerWishUntil !== undefined && (
        <p>
          {say(isOver ? 'my-calls.forbid.caller.over' : 'my-calls.forbid.caller.until', {
            time: formatInstant(callerWishUntil, language),
          })}
        </p>
      )}
      {by === 'official' ? (
        <div className="actions">
          {!isOver && (
            <Button kind="secondary" {...busy} onPress={() => setAsked({ party: 'CALLER', channel: 'CALL' })}>
              <Ban aria-hidden="true" size={18} />
              {say('my-calls.forbid.caller')}
            </Button>
          )}
          <Button kind="secondary" {...busy} onPress={() => setAsked({ party: 'OFFICIAL', channel: 'OWN_CALLS' })}>
            <Ban aria-hidden="true" size={18} />
            {say('my-calls.forbid.own')}
          </Button>
        </div>
      ) : (
        served && (
          <div className="actions">
            <Button kind="secondary" {...busy} onPress={() => setAsked(served)}>
              <Ban aria-hidden="true" size={18} />
              {say('my-calls.forbid.enter')}
            </Button>
          </div>
        )
      )}
      {forbid.error && <Failure error={forbid.error} />}
      <Confirm
        title={say(
          asked?.party === 'OFFICIAL' ? 'my-calls.forbid.question.OFFICIAL' : 'my-calls.forbid.question.CALLER',
        )}
        doLabel={say('my-calls.forbid.do')}
        isOpen={asked !== undefined}
        onDo={() => asked && void submit(asked)}
        onClose={() => setAsked(undefined)}
      >
        {isUnheard && (
          <p>
            <strong>{say('my-calls.forbid.unheard')}</strong>
          </p>
        )}
        <p>{say('my-calls.forbid.confirm')}</p>
        <p>{say('my-calls.forbid.confirm.more')}</p>
      </Confirm>
    </div>
  )
}

/** What came of it: read out and seen in place of the question, until it is destroyed and then that. */
export function Forbidden({ prohibition, under }: { prohibition: Prohibition; under: UnderPurpose }) {
  const { say, language } = useLanguage()
  const shown = useRef<HTMLDivElement>(null)
  const destruction = useDestruction(prohibition.recordingId, under)
  const destroyedAt = destruction?.state === 'destroyed' ? destruction.destroyedAt : undefined
  const now: Prohibition = destroyedAt ? { ...prohibition, state: 'executed', executedAt: destroyedAt } : prohibition
  // What had the focus is gone with the question.
  useEffect(() => shown.current?.focus(), [])
  const tell = useEffectEvent(() => announce(sayForbidden(now, say, language)))
  useEffect(() => tell(), [now.state])
  return (
    <div ref={shown} tabIndex={-1} className="forbidden">
      <Notice kind={now.state === 'waiting' ? 'info' : 'success'}>{sayForbidden(now, say, language)}</Notice>
    </div>
  )
}

/** What came of a prohibition, in one sentence. */
export function sayForbidden(
  { state, executedAt }: Pick<Prohibition, 'state' | 'executedAt'>,
  say: ReturnType<typeof useLanguage>['say'],
  language: ReturnType<typeof useLanguage>['language'],
): string {
  return state === 'executed' && executedAt
    ? say('my-calls.forbid.executed', { time: formatInstant(executedAt, language) })
    : say(state === 'waiting' ? 'my-calls.forbid.waiting' : 'my-calls.forbid.blocked')
}
