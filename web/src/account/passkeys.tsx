import { useState } from 'react'
import { $api, api } from '../api/client.ts'
import type { Account, Passkey } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { canUsePasskeys, withPasskeyConfirmation } from '../session/request-passkey.ts'
import { passkeyPlace } from '../session/passkey-place.ts'
import { describeRefusal } from './describe-refusal.ts'
import { MakePasskey } from './make-passkey.tsx'
import { refreshAccount } from './refresh-account.ts'

/** One's own passkeys, with name and date; adds and removes them. */
export function PasskeysSection({ account }: { account: Account }) {
  const { t } = useLanguage()
  const [doing, setDoing] = useState<'nothing' | 'add' | 'added' | 'removed'>('nothing')
  const { data: options } = $api.useQuery('get', '/api/sign-in-options', undefined, { staleTime: Infinity })
  const query = $api.useQuery('get', '/api/account/passkeys', undefined, { staleTime: 0 })
  const { data, refetch } = query
  const place = passkeyPlace(options?.publicUrl, window.location)
  if (place === 'nowhere') return null

  const isHere = place === 'here'
  const finish = async (outcome: 'nothing' | 'added' | 'removed') => {
    setDoing(outcome)
    if (outcome !== 'nothing') await Promise.all([refetch(), refreshAccount()])
    focusHeading('account-passkeys')
  }
  const proof = data && data.items.length > 0 ? 'passkey' : account.password.set ? 'password' : 'none'
  return (
    <section className="panel panel-narrow stack" aria-labelledby="account-passkeys">
      <h2 id="account-passkeys" tabIndex={-1}>
        {t('account.passkeys.title')}
      </h2>
      <p>{t('account.passkeys.lead')}</p>
      {(doing === 'added' || doing === 'removed') && (
        <Notice kind="success" isUrgent>
          {t(`account.passkeys.${doing}`)}
        </Notice>
      )}
      <Loaded query={query} lines={2} />
      {data?.items.length === 0 && <p className="muted">{t('account.passkeys.none')}</p>}
      {data && data.items.length > 0 && (
        <ul className="sessions">
          {data.items.map((passkey) => (
            <PasskeyItem key={passkey.id} passkey={passkey} onRemoved={() => void finish('removed')} />
          ))}
        </ul>
      )}
      {!isHere && (
        <p>
          {t('session.passkey.elsewhere')} <a href={`${options?.publicUrl}/account`}>{options?.publicUrl}</a>
        </p>
      )}
      {isHere && !canUsePasskeys && <p className="muted">{t('account.passkeys.unsupported')}</p>}
      {isHere && canUsePasskeys && data && doing !== 'add' && (
        <div className="actions">
          <Button kind="secondary" onPress={() => setDoing('add')}>
            {t('account.passkeys.add')}
          </Button>
        </div>
      )}
      {doing === 'add' && (
        <MakePasskey
          personId={account.personId}
          userId={account.userId}
          proof={proof}
          needsCode={proof !== 'passkey' && account.secondFactor.totp !== undefined}
          onMade={() => void finish('added')}
          onCancel={() => void finish('nothing')}
        />
      )}
    </section>
  )
}

function PasskeyItem({ passkey, onRemoved }: { passkey: Passkey; onRemoved: () => void }) {
  const { t, language } = useLanguage()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const { id, name, addedAt, usedAt, backedUp } = passkey

  const remove = async () => {
    setBusy(true)
    setFailed(undefined)
    const { error } = await withPasskeyConfirmation({ act: 'passkey.remove', id, revision: 0 }, () =>
      api
        .DELETE('/api/account/passkeys/{id}', { params: { path: { id } } })
        .catch((failure: unknown) => ({ error: failure })),
    )
    setBusy(false)
    if (error) setFailed(error)
    else onRemoved()
  }
  return (
    <li>
      <div>
        <p>
          <strong>{name}</strong>
        </p>
        <p className="muted">
          {t('account.passkeys.since', { date: formatDate(addedAt, language) })}
          {usedAt && ` · ${t('account.passkeys.used', { time: formatInstant(usedAt, language) })}`}
        </p>
        {backedUp && <p className="muted">{t('account.passkeys.copied')}</p>}
        {failed !== undefined && (
          <Notice kind="error" isUrgent>
            {describeRefusal(failed, t)}
          </Notice>
        )}
      </div>
      <ConfirmButton
        label={t(busy ? 'session.passkey.asking' : 'account.passkeys.remove')}
        named={t('account.passkeys.remove.label', { name })}
        doLabel={t('account.passkeys.remove')}
        className="small"
        isBusy={busy}
        title={t('account.passkeys.remove.sure', { name })}
        onDo={() => void remove()}
      >
        <p>{t('account.passkeys.remove.what')}</p>
      </ConfirmButton>
    </li>
  )
}
