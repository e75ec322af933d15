import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { OwnSession } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { useLeave } from '../session/leave.ts'
import { announce } from '../shell/announce.tsx'
import { refreshAccount } from './refresh-account.ts'

/** Lists one's sessions; ends one or all. */
export function SessionsSection() {
  const { t } = useLanguage()
  const leave = useLeave()
  const [confirming, setConfirming] = useState<'this' | 'none'>()
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/account/sessions', undefined, { staleTime: 0 })
  const endOne = $api.useMutation('delete', '/api/account/sessions/{id}')
  const endAll = $api.useMutation('delete', '/api/account/sessions')
  const failure = endOne.error ?? endAll.error

  const end = async ({ id, current }: OwnSession) => {
    if (current) return leave('signed-out')
    const done = await endOne.mutateAsync({ params: { path: { id } } }).then(
      () => true,
      () => false,
    )
    if (!done) return
    await refreshAccount()
    announce(t('account.sessions.ended', { count: 1 }))
    focusHeading('account-sessions')
  }
  const endAllBut = async (keep: 'this' | 'none') => {
    const ended = await endAll.mutateAsync({ params: { query: { keep } } }).catch(() => undefined)
    if (!ended) return
    if (keep === 'none') return leave('signed-out')
    await refreshAccount()
    announce(t('account.sessions.ended', { count: ended.ended }))
    focusHeading('account-sessions')
  }
  const others = data?.items.filter(({ current }) => !current).length ?? 0

  return (
    <section className="panel panel-narrow stack" aria-labelledby="account-sessions">
      <h2 id="account-sessions" tabIndex={-1}>
        {t('account.sessions.title')}
      </h2>
      <p className="muted">{t('account.sessions.lead')}</p>
      {isPending && <Waiting lines={3} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {failure && <Failure error={failure} />}
      {data && (
        <ul className="sessions">
          {data.items.map((session) => (
            <SessionItem key={session.id} session={session} isBusy={endOne.isPending} onEnd={() => void end(session)} />
          ))}
        </ul>
      )}
      <div className="actions">
        {others > 0 && (
          <Button kind="secondary" onPress={() => setConfirming('this')}>
            {t('account.sessions.others')}
          </Button>
        )}
        <Button kind="secondary" onPress={() => setConfirming('none')}>
          {t('account.sessions.all')}
        </Button>
      </div>
      <Confirm
        title={t(confirming === 'this' ? 'account.sessions.others' : 'account.sessions.all')}
        doLabel={t('account.sessions.do')}
        isOpen={confirming !== undefined}
        onDo={() => confirming && void endAllBut(confirming)}
        onClose={() => setConfirming(undefined)}
      >
        <p>{t(confirming === 'this' ? 'account.sessions.others.what' : 'account.sessions.all.what')}</p>
      </Confirm>
    </section>
  )
}

function SessionItem({ session, isBusy, onEnd }: { session: OwnSession; isBusy: boolean; onEnd: () => void }) {
  const { t, language } = useLanguage()
  const device = session.device ?? t('account.sessions.device.unknown')
  const started = formatInstant(session.startedAt, language)
  return (
    <li>
      <div>
        <p className="session-device">
          <strong>{device}</strong>
          {session.current && <span className="badge badge-available">{t('account.sessions.current')}</span>}
        </p>
        <p className="muted">
          {t('account.sessions.started', { time: started })} · {t(`account.method.${session.method}` as Word)}
        </p>
        <p className="muted">{t('account.sessions.used', { time: formatInstant(session.usedAt, language) })}</p>
      </div>
      <Button
        kind="secondary"
        className="small"
        isBusy={isBusy}
        aria-label={t('account.sessions.end.label', { device, time: started })}
        onPress={onEnd}
      >
        {t('account.sessions.end')}
      </Button>
    </li>
  )
}
