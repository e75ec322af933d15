import { useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Field } from '../controls/field.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { withPasskeyConfirmation } from '../session/request-passkey.ts'
import { readOtp } from '../session/sign-in-step.ts'
import { AccountFailure } from './account-failure.tsx'
import { describeRefusal } from './describe-refusal.ts'
import { qrPath } from './qr-path.ts'
import { useFocusFirst } from './use-focus-first.ts'
import { SubmitOrCancel } from './submit-or-cancel.tsx'

export interface Enrolment {
  id: string
  secret: string
  uri: string
  until: string
}

/** Starts the enrolment of an authenticator. In an open session, the person enters the password again. */
export function BeginTotp({
  needsPassword,
  personId,
  onBegun,
  onCancel,
}: {
  needsPassword: boolean
  /** The authenticator's owner; if given, the owner confirms with a passkey if there is one. */
  personId?: string
  onBegun: (enrolment: Enrolment) => void
  onCancel?: () => void
}) {
  const { t } = useLanguage()
  const [password, setPassword] = useState('')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const begin = $api.useMutation('post', '/api/account/totp')
  useFocusFirst(form, 'input')
  const isMissing = needsPassword && password === ''
  const error = () => {
    if (tries > 0 && isMissing) return t('session.signin.password.missing')
    return needsPassword && begin.error ? describePasswordRefusal(begin.error, t) : undefined
  }
  const submit = async () => {
    setTries(tries + 1)
    if (!isMissing) {
      const body = needsPassword ? { password } : {}
      const attempt = async (): Promise<{ begun?: Enrolment; error?: unknown }> =>
        begin.mutateAsync({ body }).then(
          (begun) => ({ begun }),
          (failure: unknown) => ({ error: failure }),
        )
      const done =
        personId === undefined
          ? await attempt()
          : await withPasskeyConfirmation({ act: 'passkey.add', id: personId, revision: 0 }, attempt)
      if ('begun' in done && done.begun) return onBegun(done.begun)
    }
    window.setTimeout(() => focusWrong(form.current))
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={begin.isPending} onSubmit={submit}>
      <p>{t('account.totp.needs')}</p>
      {needsPassword && (
        <PasswordField
          id="totp-password"
          label={t('session.signin.password')}
          value={password}
          onChange={(value) => {
            if (begin.error) begin.reset()
            setPassword(value)
          }}
          autoComplete="current-password"
          error={error()}
        />
      )}
      {!needsPassword && begin.error && <AccountFailure error={begin.error} />}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={begin.isPending}>
          {t(begin.isPending ? 'account.busy' : 'account.totp.begin')}
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

/** Shows the authenticator's key as QR code and text, and confirms it by a code. */
export function ConfirmTotp({
  enrolment,
  heading: Heading,
  onConfirmed,
  onCancel,
}: {
  enrolment: Enrolment
  /** Heading level, below that of the section. */
  heading: 'h2' | 'h3'
  onConfirmed: (recoveryCodes: string[]) => void
  onCancel: () => void
}) {
  const { t, language } = useLanguage()
  const [code, setCode] = useState('')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const confirm = $api.useMutation('post', '/api/account/totp/confirmation')
  const otp = readOtp(code)
  useFocusFirst(form, Heading)
  const error = () => {
    if (tries > 0 && !otp) return t(code.trim() ? 'session.signin.otp.form' : 'session.signin.otp.missing')
    return confirm.error ? describeRefusal(confirm.error, t) : undefined
  }
  const submit = async () => {
    setTries(tries + 1)
    if (otp) {
      const confirmed = await confirm.mutateAsync({ body: { id: enrolment.id, otp } }).catch(() => undefined)
      if (confirmed) return onConfirmed(confirmed.recoveryCodes)
    }
    window.setTimeout(() => focusWrong(form.current))
  }
  const { path, size } = qrPath(enrolment.uri)
  return (
    <SubmitForm ref={form} className="stack" isBusy={confirm.isPending} onSubmit={submit}>
      <Heading tabIndex={-1} className="step-heading">
        {t('account.totp.scan')}
      </Heading>
      <p>{t('account.totp.scan.how')}</p>
      <svg
        className="qr"
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={t('account.totp.qr')}
        shapeRendering="crispEdges"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <p>
        {t('account.totp.key')}
        <br />
        <code className="secret">{inFours(enrolment.secret)}</code>
      </p>
      <Heading className="step-heading">{t('account.totp.confirm')}</Heading>
      <Field
        id="totp-code"
        label={t('session.signin.otp')}
        hint={t('account.totp.code.hint', { time: formatTime(enrolment.until, language) })}
        value={code}
        onChange={(value) => {
          if (confirm.error) confirm.reset()
          setCode(value)
        }}
        autoComplete="one-time-code"
        inputMode="numeric"
        spellCheck="false"
        maxLength={16}
        className="field-code"
        error={error()}
      />
      <SubmitOrCancel submitWord="account.totp.confirm.do" isBusy={confirm.isPending} onCancel={onCancel} />
    </SubmitForm>
  )
}

function describePasswordRefusal(error: unknown, t: Parameters<typeof describeRefusal>[1]): string {
  const code = (error as { error?: { code?: string } }).error?.code
  return code === 'session.credentials' ? t('error.password.current') : describeRefusal(error, t)
}

/** Returns a key in groups of four, for typing. */
function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? secret
}
