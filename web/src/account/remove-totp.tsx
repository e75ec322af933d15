import { useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Notice } from '../controls/notice.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { readOtp } from '../session/sign-in-step.ts'
import { describeRefusal } from './describe-refusal.ts'
import { useFocusFirst } from './use-focus-first.ts'
import { SubmitOrCancel } from './submit-or-cancel.tsx'

/** Removes one’s own authenticator; requires the password, and a code of it or a recovery code. */
export function RemoveTotp({
  userId,
  onRemoved,
  onCancel,
}: {
  userId: string
  onRemoved: () => void
  onCancel: () => void
}) {
  const { t } = useLanguage()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const remove = $api.useMutation('post', '/api/account/totp/removal')
  useFocusFirst(form, 'input')
  const refused = (remove.error as { error?: { code?: string } } | null)?.error?.code
  const errors = {
    password:
      tries > 0 && password === ''
        ? t('session.signin.password.missing')
        : refused === 'session.credentials'
          ? t('error.password.current')
          : undefined,
    code:
      tries > 0 && code.trim() === ''
        ? t('session.signin.otp.missing')
        : refused === 'session.second-factor-wrong'
          ? describeRefusal(remove.error, t)
          : undefined,
  }
  const edit = () => remove.error && remove.reset()
  const submit = async () => {
    setTries(tries + 1)
    if (password !== '' && code.trim() !== '') {
      const otp = readOtp(code)
      const body = { password, ...(otp ? { otp } : { recoveryCode: code.trim() }) }
      const done = await remove.mutateAsync({ body }).then(
        () => true,
        () => false,
      )
      if (done) return onRemoved()
    }
    window.setTimeout(() => focusWrong(form.current))
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={remove.isPending} onSubmit={submit}>
      <p>{t('account.second.remove.what')}</p>
      <input type="text" autoComplete="username" value={userId} readOnly hidden />
      <PasswordField
        id="remove-password"
        label={t('session.signin.password')}
        value={password}
        onChange={(value) => {
          edit()
          setPassword(value)
        }}
        autoComplete="current-password"
        error={errors.password}
      />
      <Field
        id="remove-code"
        label={t('account.second.code')}
        hint={t('account.second.code.hint')}
        value={code}
        onChange={(value) => {
          edit()
          setCode(value)
        }}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck="false"
        maxLength={64}
        className="field-code"
        error={errors.code}
      />
      {remove.error && !errors.password && !errors.code && (
        <Notice kind="error" isUrgent>
          {describeRefusal(remove.error, t)}
        </Notice>
      )}
      <SubmitOrCancel submitWord="account.second.remove" isBusy={remove.isPending} onCancel={onCancel} />
    </SubmitForm>
  )
}
