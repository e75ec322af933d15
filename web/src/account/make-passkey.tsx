import { useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Notice } from '../controls/notice.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { addPasskey, codeOf, withPasskeyConfirmation } from '../session/request-passkey.ts'
import { readOtp } from '../session/sign-in-step.ts'
import { describeRefusal } from './describe-refusal.ts'
import { useFocusFirst } from './use-focus-first.ts'

const wrongCode = ['session.second-factor-wrong', 'session.code-used']

/** Makes a passkey on this device or a security key, under a name that its owner chooses. */
export function MakePasskey({
  personId,
  userId,
  proof,
  needsCode = false,
  onMade,
  onCancel,
}: {
  personId?: string
  userId?: string
  /** Proof to request: the password, an existing passkey, or none. */
  proof: 'password' | 'passkey' | 'none'
  /** Requests a code of the authenticator as well, for the first passkey. */
  needsCode?: boolean
  onMade: () => void
  onCancel?: () => void
}) {
  const { t } = useLanguage()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [tries, setTries] = useState(0)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const form = useRef<HTMLFormElement>(null)
  useFocusFirst(form, 'input')
  const needsPassword = proof === 'password'
  const otp = readOtp(code)
  const errors = {
    name: tries > 0 && name.trim() === '' ? t('account.passkeys.name.missing') : undefined,
    password:
      needsPassword && tries > 0 && password === ''
        ? t('session.signin.password.missing')
        : codeOf(failed) === 'session.credentials'
          ? t('error.password.current')
          : undefined,
    code:
      needsCode && tries > 0 && !otp
        ? t(code.trim() ? 'session.signin.otp.form' : 'session.signin.otp.missing')
        : wrongCode.includes(codeOf(failed) ?? '')
          ? describeRefusal(failed, t)
          : undefined,
  }

  const submit = async () => {
    setTries(tries + 1)
    setFailed(undefined)
    if (name.trim() === '' || (needsPassword && password === '') || (needsCode && !otp)) {
      window.setTimeout(() => focusWrong(form.current))
      return
    }
    setBusy(true)
    const make = () => addPasskey(name.trim(), { ...(needsPassword && { password }), ...(needsCode && otp && { otp }) })
    const made =
      proof === 'passkey' && personId !== undefined
        ? await withPasskeyConfirmation({ act: 'passkey.add', id: personId, revision: 0 }, make)
        : await make()
    setBusy(false)
    if (!made.error) return onMade()
    setFailed(made.error)
    window.setTimeout(() => focusWrong(form.current))
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={busy} onSubmit={submit}>
      <p>{t(proof === 'passkey' ? 'account.passkeys.add.twice' : 'account.passkeys.add.what')}</p>
      <Field
        id="passkey-name"
        label={t('account.passkeys.name')}
        hint={t('account.passkeys.name.hint')}
        value={name}
        onChange={setName}
        autoComplete="off"
        maxLength={80}
        error={errors.name}
      />
      {needsPassword && (
        <>
          <input type="text" autoComplete="username" value={userId ?? ''} readOnly hidden />
          <PasswordField
            id="passkey-password"
            label={t('session.signin.password')}
            value={password}
            onChange={(value) => {
              setFailed(undefined)
              setPassword(value)
            }}
            autoComplete="current-password"
            error={errors.password}
          />
        </>
      )}
      {needsCode && (
        <Field
          id="passkey-code"
          label={t('session.signin.otp')}
          hint={t('session.signin.otp.hint')}
          value={code}
          onChange={(value) => {
            setFailed(undefined)
            setCode(value)
          }}
          autoComplete="one-time-code"
          inputMode="numeric"
          spellCheck="false"
          maxLength={16}
          className="field-code"
          error={errors.code}
        />
      )}
      {failed !== undefined && !errors.password && !errors.code && (
        <Notice kind="error" isUrgent>
          {describeRefusal(failed, t)}
        </Notice>
      )}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={busy}>
          {t(busy ? 'session.passkey.asking' : 'account.passkeys.make')}
        </Button>
        {onCancel && (
          <Button kind="secondary" onPress={onCancel}>
            {t('shell.cancel')}
          </Button>
        )}
      </div>
    </SubmitForm>
  )
}
