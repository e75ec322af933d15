import { useRef, useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { describeRefusal } from '../account/describe-refusal.ts'
import { useFocusFirst } from '../account/use-focus-first.ts'
import { $api, api } from '../api/client.ts'
import type { Account, Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { canUsePasskeys, proveWithPasskey } from './request-passkey.ts'
import type { ProofRequest } from '../api/presence-proof.ts'
import { identityProviderUrl } from './identity-provider-url.ts'
import { readOtp } from './sign-in-step.ts'

/** Dialog in which the person proves their presence by password, code or passkey. */
export function ProofDialog({ me, request }: { me: Me; request: ProofRequest }) {
  const { t } = useLanguage()
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen
      onOpenChange={(open) => !open && request.answer(false)}
      isDismissable
    >
      <Modal className="modal">
        <Dialog className="dialog-body stack">
          <Heading slot="title" className="dialog-title">
            {t('session.prove.title')}
          </Heading>
          <Proof me={me} onProved={() => request.answer(true)} onCancel={() => request.answer(false)} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Proof({ me, onProved, onCancel }: { me: Me; onProved: () => void; onCancel: () => void }) {
  const { data: account } = $api.useQuery('get', '/api/account', undefined, { staleTime: 0 })
  const { data: passkeys } = $api.useQuery('get', '/api/account/passkeys', undefined, { staleTime: 0 })
  if (!account || !passkeys) return <Waiting lines={2} />
  const hasPasskey = passkeys.items.length > 0 && canUsePasskeys
  return <ProofForm {...{ me, account, hasPasskey, onProved, onCancel }} />
}

function ProofForm({
  me,
  account,
  hasPasskey,
  onProved,
  onCancel,
}: {
  me: Me
  account: Account
  hasPasskey: boolean
  onProved: () => void
  onCancel: () => void
}) {
  const { t } = useLanguage()
  const { data: options } = $api.useQuery('get', '/api/sign-in-options', undefined, { staleTime: Infinity })
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const form = useRef<HTMLFormElement>(null)
  useFocusFirst(form, '.input, button')
  const byCode = account.secondFactor.totp !== undefined
  const byPassword = !byCode && !hasPasskey && account.password.set
  const finish = (error: unknown) => {
    setBusy(false)
    if (error === undefined) onProved()
    else setFailed(error)
  }
  const submit = async () => {
    setBusy(true)
    setFailed(undefined)
    const otp = readOtp(text)
    const body = byPassword ? { password: text } : otp ? { otp } : { recoveryCode: text.trim() }
    const { error } = await api.POST('/api/session/proof', { body }).catch((failure: unknown) => ({ error: failure }))
    finish(error)
  }
  const byPasskey = async () => {
    setBusy(true)
    setFailed(undefined)
    finish((await proveWithPasskey(me.personId)).error)
  }
  const field = {
    value: text,
    onChange: setText,
    error: failed === undefined ? undefined : describeRefusal(failed, t),
  }
  return (
    <SubmitForm
      ref={form}
      className="stack"
      isBusy={busy}
      onSubmit={() => (byCode || byPassword) && text.trim() !== '' && submit()}
    >
      <p>{t('session.prove.why')}</p>
      <input type="text" autoComplete="username" value={me.userId} readOnly hidden />
      {byPassword && (
        <PasswordField
          {...field}
          id="prove-password"
          label={t('session.signin.password')}
          autoComplete="current-password"
        />
      )}
      {byCode && (
        <Field
          {...field}
          id="prove-code"
          label={t('account.second.code')}
          hint={t('account.second.code.hint')}
          autoComplete="one-time-code"
          maxLength={64}
          className="field-code"
        />
      )}
      {!byPassword && !byCode && failed !== undefined && (
        <Notice kind="error" isUrgent>
          {describeRefusal(failed, t)}
        </Notice>
      )}
      {account.method === 'oidc' && options?.identityProvider && (
        <p>
          <a
            href={`${identityProviderUrl(options.publicUrl ?? '', window.location.pathname + window.location.search)}&fresh=true`}
          >
            {t('session.prove.provider', { name: options.identityProvider.name })}
          </a>
        </p>
      )}
      <div className="actions">
        {(byPassword || byCode) && (
          <Button type="submit" kind="primary" isBusy={busy}>
            {t('session.prove.do')}
          </Button>
        )}
        {hasPasskey && (
          <Button kind={byCode ? 'secondary' : 'primary'} isBusy={busy} onPress={() => void byPasskey()}>
            {t('session.prove.passkey')}
          </Button>
        )}
        <Button kind="secondary" onPress={onCancel}>
          {t('shell.cancel')}
        </Button>
      </div>
    </SubmitForm>
  )
}
