import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import type { SecondFactor } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Field } from '../controls/field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { beginSession, giveUpSigningIn, resumeSignIn } from './begin-session.ts'
import { PasskeyButton } from './passkey-button.tsx'
import { readOtp, isSignedOut, stepOf } from './sign-in-step.ts'
import { useRefusal } from './use-refusal.ts'
import { WaitNotice } from './wait-notice.tsx'

/** Second step: a code of the authenticator, or a recovery code. */
export function SecondFactorStep({ factors }: { factors: readonly SecondFactor[] }) {
  const { t } = useLanguage()
  const { report, waitUntilMs, clear } = useRefusal()
  const [byRecovery, setByRecovery] = useState(!factors.includes('totp') && factors.includes('recovery-code'))
  const [code, setCode] = useState('')
  const [changed, setChanged] = useState(false)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<Wrong[]>([])
  useEffect(() => {
    if (changed) document.getElementById('signin-code')?.focus()
  }, [changed, byRecovery])
  const takesCode = factors.includes('totp') || factors.includes('recovery-code')

  const submitFactor = async (body: { otp: string } | { recoveryCode: string }) => {
    setBusy(true)
    const { data, error } = await api
      .POST('/api/session/second-factor', { body })
      .catch((failure: unknown) => ({ data: undefined, error: failure }))
    setBusy(false)
    if (data) return beginSession(data)
    // The first step has expired too, after some minutes.
    if (isSignedOut(error) && hasExpired(error)) return resumeSignIn()
    setWrong(report(error, 'signin-code'))
  }
  const reportFailure = (error: unknown) => {
    if (isSignedOut(error) && hasExpired(error)) return void resumeSignIn()
    setWrong(report(error))
  }
  const submit = () => {
    clear()
    if (byRecovery) {
      if (code.trim()) return void submitFactor({ recoveryCode: code.trim() })
      return setWrong([{ field: 'signin-code', text: t('session.signin.recovery.missing') }])
    }
    const otp = readOtp(code)
    if (otp) return void submitFactor({ otp })
    setWrong([
      { field: 'signin-code', text: t(code.trim() ? 'session.signin.otp.form' : 'session.signin.otp.missing') },
    ])
  }
  const change = () => {
    setByRecovery(!byRecovery)
    setCode('')
    setWrong([])
    setChanged(true)
  }

  return (
    <Page title={t('session.signin.second')} className="signin">
      <ErrorSummary title={t('session.signin.failed')} wrong={wrong} />
      {waitUntilMs !== undefined && <WaitNotice untilMs={waitUntilMs} onEnded={clear} />}
      {takesCode && (
        <SubmitForm className="panel signin-form" isBusy={busy} onSubmit={submit}>
          <Field
            key={String(byRecovery)}
            id="signin-code"
            label={t(byRecovery ? 'session.signin.recovery' : 'session.signin.otp')}
            hint={t(byRecovery ? 'session.signin.recovery.hint' : 'session.signin.otp.hint')}
            value={code}
            onChange={setCode}
            autoComplete={byRecovery ? 'off' : 'one-time-code'}
            inputMode={byRecovery ? 'text' : 'numeric'}
            autoCapitalize="none"
            spellCheck="false"
            maxLength={byRecovery ? 64 : 16}
            className="field-code"
            error={wrong.find(({ field }) => field)?.text}
          />
          <Button type="submit" kind="primary" isBusy={busy} className="wide">
            {t(busy ? 'session.signin.busy' : 'session.signin.submit')}
          </Button>
          {factors.includes('totp') && factors.includes('recovery-code') && (
            <Button kind="link" onPress={change}>
              {t(byRecovery ? 'session.signin.otp.instead' : 'session.signin.recovery.instead')}
            </Button>
          )}
        </SubmitForm>
      )}
      {factors.includes('passkey') && (
        <div className="panel signin-form">
          {!takesCode && <p>{t('session.passkey.second')}</p>}
          <PasskeyButton step={takesCode ? 'second-of-several' : 'second'} onFailed={reportFailure} />
        </div>
      )}
      <p className="signin-note">{t(takesCode ? 'session.signin.second.lost' : 'session.passkey.lost')}</p>
      <div className="actions">
        <Button kind="link" onPress={() => void giveUpSigningIn()}>
          {t('session.signin.again')}
        </Button>
      </div>
    </Page>
  )
}

function hasExpired(error: unknown): boolean {
  const { step } = stepOf(error)
  return step === 'enrolment' || (step === 'credentials' && codeOf(error) === 'session.none')
}

function codeOf(error: unknown): string | undefined {
  return (error as { error?: { code?: string } } | undefined)?.error?.code
}
