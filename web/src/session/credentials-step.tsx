import { useState } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { beginSession, resumeSignIn } from './begin-session.ts'
import { IdentityProviderButton } from './identity-provider-button.tsx'
import type { SessionEndReason } from './leave.ts'
import { PasskeyButton } from './passkey-button.tsx'
import { isSignedOut, stepOf } from './sign-in-step.ts'
import { useRefusal } from './use-refusal.ts'
import { WaitNotice } from './wait-notice.tsx'

/** First step: user id and password, or an alternative if there is one. */
export function CredentialsStep({ because }: { because?: SessionEndReason | undefined }) {
  const { t } = useLanguage()
  const { report, waitUntilMs, clear } = useRefusal()
  const [userId, setUserId] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<Wrong[]>([])

  const submit = async () => {
    clear()
    const missing: Wrong[] = [
      ...(userId.trim() ? [] : [{ field: 'signin-userId', text: t('session.signin.userId.missing') }]),
      ...(password ? [] : [{ field: 'signin-password', text: t('session.signin.password.missing') }]),
    ]
    setWrong(missing)
    if (missing.length > 0) return
    setBusy(true)
    const { data, error } = await api
      .POST('/api/session', { body: { userId: userId.trim(), password } })
      .catch((failure: unknown) => ({ data: undefined, error: failure }))
    setBusy(false)
    if (data) return beginSession(data)
    if (isSignedOut(error) && stepOf(error).step !== 'credentials') return resumeSignIn()
    setWrong(report(error))
  }
  const errorAt = (field: string) => wrong.find((one) => one.field === field)?.text

  return (
    <Page title={t('session.signin.title')} className="signin">
      {because && (
        <Notice kind={because === 'ended' ? 'warning' : 'success'}>
          {t(`session.signin.because.${because}` as Word)}
        </Notice>
      )}
      <ErrorSummary title={t('session.signin.failed')} wrong={wrong} />
      {waitUntilMs !== undefined && <WaitNotice untilMs={waitUntilMs} onEnded={clear} />}
      <SubmitForm className="panel signin-form" isBusy={busy} onSubmit={submit}>
        <Field
          id="signin-userId"
          label={t('session.signin.userId')}
          value={userId}
          onChange={setUserId}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck="false"
          maxLength={64}
          error={errorAt('signin-userId')}
        />
        <PasswordField
          id="signin-password"
          label={t('session.signin.password')}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          error={errorAt('signin-password')}
        />
        <Button type="submit" kind="primary" isBusy={busy} className="wide">
          {t(busy ? 'session.signin.busy' : 'session.signin.submit')}
        </Button>
        <PasskeyButton step="alone" onFailed={(error) => setWrong(report(error))} />
        <IdentityProviderButton onFailed={(error) => setWrong(report(error))} />
      </SubmitForm>
      <p className="signin-note">{t('session.signin.forgotten')}</p>
      <p className="signin-note">{t('session.signin.note')}</p>
    </Page>
  )
}
