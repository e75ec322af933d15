import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { describeRefusal } from '../account/describe-refusal.ts'
import { $api, api, queries } from '../api/client.ts'
import type { DirectoryChange } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage, type Translate } from '../language/use-words.ts'
import type { Language } from '../language/language.ts'
import { withPasskeyConfirmation } from '../session/request-passkey.ts'
import { announce } from '../shell/announce.tsx'
import { peopleKey } from './use-people.ts'

/** One-time links and changes of the directory that wait for a second person; renders nothing if there are none. */
export function DirectoryChanges({ person }: { person?: string }) {
  const { t } = useLanguage()
  const [released, setReleased] = useState<{ name: string; code: string }>()
  const params = { params: { query: { ...(person && { person }) } } }
  const { data, refetch } = $api.useQuery('get', '/api/directory-changes', params, { staleTime: 0 })
  if (!data || (data.items.length === 0 && !released)) return null
  return (
    <section aria-labelledby="directory-changes" className="stack-small">
      <h2 id="directory-changes" tabIndex={-1}>
        {t('people.changes.title')}
      </h2>
      {released && (
        <Notice kind="success" title={t('people.changes.code', { code: released.code })} isUrgent>
          <p>{t('people.changes.code.what', { name: released.name })}</p>
        </Notice>
      )}
      {data.items.length > 0 && (
        <ul className="sessions panel">
          {data.items.map((change) => (
            <Change
              key={change.id}
              change={change}
              onDecided={async (code) => {
                if (code !== undefined) setReleased({ name: change.person.name, code })
                await refetch()
                void queries.invalidateQueries({ queryKey: ['get', '/api/people/{id}'] })
                void queries.invalidateQueries({ queryKey: [peopleKey] })
                focusHeading('directory-changes')
              }}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

type Act = 'confirm' | 'refuse' | 'withdraw'

function Change({ change, onDecided }: { change: DirectoryChange; onDecided: (code?: string) => Promise<void> }) {
  const { t, language } = useLanguage()
  const [confirming, setConfirming] = useState<Act>()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const { id, kind, person, askedBy, askedAt, mayDecide, mayWithdraw } = change
  const params = { path: { id } }
  const submit = async (request: Act) => {
    setBusy(true)
    setFailed(undefined)
    const { data, error } = await (request === 'withdraw' ? withdraw() : decide(request === 'confirm'))
    setBusy(false)
    if (error) return setFailed(error)
    announce(t(`people.changes.done.${request}`, { name: person.name }))
    await onDecided(data?.code)
  }
  const withdraw = async () => {
    const { error } = await api
      .DELETE('/api/directory-changes/{id}', { params })
      .catch((failure: unknown) => ({ error: failure }))
    return { data: undefined, error }
  }
  const decide = async (confirm: boolean): Promise<{ data?: { code?: string } | undefined; error?: unknown }> =>
    withPasskeyConfirmation({ act: confirm ? 'change.approve' : 'change.reject', id, revision: 0 }, () =>
      api
        .POST('/api/directory-changes/{id}/decision', { params, body: { confirm } })
        .catch((failure: unknown) => ({ data: undefined, error: failure })),
    )
  const buttons: Act[] = mayDecide ? ['confirm', 'refuse'] : mayWithdraw ? ['withdraw'] : []
  return (
    <li>
      <div>
        <p>
          <strong>
            <Link to="/people/$id" params={{ id: person.id }}>
              {person.name}
            </Link>
          </strong>{' '}
          ({person.userId})
        </p>
        {changeText(change, t, language).map((line) => (
          <p key={line}>{line}</p>
        ))}
        <p className="muted">
          {t('people.removals.asked', { name: askedBy.name, time: formatInstant(askedAt, language) })}
        </p>
        {failed !== undefined && (
          <Notice kind="error" isUrgent>
            {describeRefusal(failed, t)}
          </Notice>
        )}
      </div>
      {buttons.length > 0 && (
        <div className="actions">
          {buttons.map((one) => (
            <Button key={one} kind="secondary" className="small" isBusy={busy} onPress={() => setConfirming(one)}>
              {t(one === 'confirm' && kind === 'link' ? 'people.changes.release' : `people.changes.${one}`)}
            </Button>
          ))}
        </div>
      )}
      <Confirm
        title={t(`people.changes.ask.${confirming ?? 'confirm'}`, { name: person.name })}
        doLabel={t(
          confirming === 'confirm' && kind === 'link'
            ? 'people.changes.release'
            : `people.changes.${confirming ?? 'confirm'}`,
        )}
        isOpen={confirming !== undefined}
        onDo={() => confirming && void submit(confirming)}
        onClose={() => setConfirming(undefined)}
      >
        <p>{t(confirming === 'confirm' ? `people.changes.what.${kind}` : 'people.changes.what.stays')}</p>
      </Confirm>
    </li>
  )
}

/** Returns what would change, one line each. */
function changeText(change: DirectoryChange, t: Translate, language: Language): string[] {
  const { kind, from, fromConfirmation, addPhones = [], endPhones = [], unit, supervisor } = change
  if (kind === 'link') return [t('people.changes.link')]
  return [
    ...addPhones.map((phone) => t('people.changes.add', { phone })),
    ...endPhones.map((phone) => t('people.changes.end', { phone })),
    ...(unit === undefined ? [] : [t(unit === '' ? 'people.changes.unit.none' : 'people.changes.unit', { unit })]),
    ...(supervisor === undefined
      ? []
      : [t(supervisor === '' ? 'people.changes.supervisor.none' : 'people.changes.supervisor', { name: supervisor })]),
    ...(from === undefined
      ? []
      : [
          t(
            fromConfirmation
              ? 'people.changes.from.confirmation'
              : addPhones.length > 0
                ? 'people.changes.from.calls'
                : 'people.changes.from',
            { date: formatDate(from, language) },
          ),
        ]),
  ]
}
