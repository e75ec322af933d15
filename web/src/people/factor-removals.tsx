import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { describeRefusal } from '../account/describe-refusal.ts'
import { $api, api } from '../api/client.ts'
import type { FactorRemoval } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { withPasskeyConfirmation } from '../session/request-passkey.ts'
import { announce } from '../shell/announce.tsx'

/** Removals of a second factor that wait for an access-rights approver; renders nothing if there are none. */
export function FactorRemovals() {
  const { t } = useLanguage()
  const { data, refetch } = $api.useQuery('get', '/api/factor-removals', undefined, { staleTime: 0 })
  if (!data || data.items.length === 0) return null
  return (
    <section aria-labelledby="factor-removals" className="stack-small">
      <h2 id="factor-removals" tabIndex={-1}>
        {t('people.removals.title')}
      </h2>
      <ul className="sessions panel">
        {data.items.map((removal) => (
          <Removal
            key={removal.id}
            removal={removal}
            onDecided={async () => {
              await refetch()
              focusHeading('factor-removals')
            }}
          />
        ))}
      </ul>
    </section>
  )
}

function Removal({ removal, onDecided }: { removal: FactorRemoval; onDecided: () => Promise<void> }) {
  const { t, language } = useLanguage()
  const [confirming, setConfirming] = useState<'confirm' | 'refuse'>()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const { person, askedBy, askedAt, reason, mayDecide } = removal
  const submit = async (confirm: boolean) => {
    const params = { path: { id: removal.id } }
    const act = confirm ? 'removal.approve' : 'removal.reject'
    setBusy(true)
    setFailed(undefined)
    const { error } = await withPasskeyConfirmation({ act, id: removal.id, revision: 0 }, () =>
      api
        .POST('/api/factor-removals/{id}/decision', { params, body: { confirm } })
        .catch((failure: unknown) => ({ error: failure })),
    )
    setBusy(false)
    if (error) return setFailed(error)
    announce(t(confirm ? 'people.removals.confirmed' : 'people.removals.refused', { name: person.name }))
    await onDecided()
  }
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
        <p>{reason}</p>
        <p className="muted">
          {t('people.removals.asked', { name: askedBy.name, time: formatInstant(askedAt, language) })}
        </p>
        {failed !== undefined && (
          <Notice kind="error" isUrgent>
            {describeRefusal(failed, t)}
          </Notice>
        )}
      </div>
      {mayDecide && (
        <div className="actions">
          <Button kind="secondary" className="small" isBusy={busy} onPress={() => setConfirming('confirm')}>
            {t('people.removals.confirm')}
          </Button>
          <Button kind="secondary" className="small" isBusy={busy} onPress={() => setConfirming('refuse')}>
            {t('people.removals.refuse')}
          </Button>
        </div>
      )}
      <Confirm
        title={t(confirming === 'refuse' ? 'people.removals.refuse.title' : 'people.removals.confirm.title', {
          name: person.name,
        })}
        doLabel={t(confirming === 'refuse' ? 'people.removals.refuse' : 'people.removals.confirm')}
        isOpen={confirming !== undefined}
        onDo={() => void submit(confirming === 'confirm')}
        onClose={() => setConfirming(undefined)}
      >
        <p>{t(confirming === 'refuse' ? 'people.removals.refuse.what' : 'people.removals.confirm.what')}</p>
      </Confirm>
    </li>
  )
}
