import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client.ts'
import type { AccountRefusal, LinkSeen } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { userIdForm } from '../people/user-id.ts'
import { beginSession, resumeSignIn } from '../session/begin-session.ts'
import { usePresence } from '../session/use-presence.ts'
import { describeRefusal } from './describe-refusal.ts'
import { NewPassword } from './new-password.tsx'
import { lengthProblem, describeProblems } from './password-rules.ts'
import { usePasswordCheck } from './use-password-check.ts'

const fields = ['name', 'userId', 'password', 'code']

/** Sets a password by a one-time link and signs in with it, in one submit. */
export function WelcomeForm({ token, link, onUsed }: { token: string; link: LinkSeen; onUsed: () => void }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const presence = usePresence()
  const choosesName = link.kind === 'first-person'
  const [name, setName] = useState('')
  const [userId, setUserId] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [isSet, setIsSet] = useState(false)
  const [wrong, setWrong] = useState<Wrong[]>([])
  const needsCode = link.awaits === 'code'
  const own = choosesName ? { userId: userId.trim(), name: name.trim() } : {}
  const found = usePasswordCheck(password, link.rules, { link: token, ...own })

  const wrongNow = (): Wrong[] => {
    const tooLongOrShort = lengthProblem(password, link.rules)
    const problems = found ?? (tooLongOrShort ? [tooLongOrShort] : [])
    return [
      ...(choosesName && !name.trim() ? [{ field: 'welcome-name', text: t('people.person.name.missing') }] : []),
      ...(choosesName && !userIdForm.test(userId.trim())
        ? [{ field: 'welcome-userId', text: t('people.person.userId.wrong') }]
        : []),
      ...(needsCode && !code.trim() ? [{ field: 'welcome-code', text: t('account.welcome.code.missing') }] : []),
      ...(password === ''
        ? [{ field: 'welcome-password', text: t('account.password.missing') }]
        : problems.length > 0
          ? [{ field: 'welcome-password', text: describeProblems(problems, t) }]
          : []),
    ]
  }
  const refusedAt = (error: unknown): Wrong => {
    const { field, problems } = (error as Partial<AccountRefusal> | null)?.error ?? {}
    const at = problems ? 'password' : field
    return { text: describeRefusal(error, t), field: at && fields.includes(at) ? `welcome-${at}` : undefined }
  }
  const submit = async () => {
    const missing = wrongNow()
    setWrong(missing)
    if (missing.length > 0) return
    setBusy(true)
    const used = await api
      .POST('/api/links/use', { body: { token, password, ...own, ...(needsCode && { code: code.trim() }) } })
      .catch((failure: unknown) => ({ data: undefined, error: failure }))
    if (!used.data) {
      setBusy(false)
      return setWrong([refusedAt(used.error)])
    }
    onUsed()
    await signIn(used.data.userId)
  }
  const signIn = async (linkedUserId: string) => {
    // Ends another person's session in this browser.
    if (presence.state === 'signed-in') await api.DELETE('/api/session').catch(() => undefined)
    const { data } = await api
      .POST('/api/session', { body: { userId: linkedUserId, password } })
      .catch(() => ({ data: undefined }))
    if (data) beginSession(data)
    else await resumeSignIn()
    setBusy(false)
    setIsSet(true)
    await navigate({ to: '/' })
  }
  const errorAt = (field: string) => wrong.find((one) => one.field === field)?.text

  if (isSet) return <Notice kind="success">{t('account.welcome.done')}</Notice>
  return (
    <>
      <ErrorSummary title={t('account.welcome.failed')} wrong={wrong} />
      <SubmitForm className="panel signin-form" isBusy={busy} onSubmit={submit}>
        {choosesName ? (
          <>
            <Field
              id="welcome-name"
              label={t('people.person.name')}
              hint={t('people.person.name.hint')}
              value={name}
              onChange={setName}
              maxLength={200}
              autoComplete="name"
              error={errorAt('welcome-name')}
            />
            <Field
              id="welcome-userId"
              label={t('people.person.userId')}
              hint={t('account.welcome.userId.hint')}
              value={userId}
              onChange={setUserId}
              maxLength={64}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck="false"
              error={errorAt('welcome-userId')}
            />
          </>
        ) : (
          // The user id for the browser’s password manager.
          <input
            className="visually-hidden"
            type="text"
            autoComplete="username"
            value={link.userId ?? ''}
            readOnly
            hidden
          />
        )}
        {needsCode && (
          <Field
            id="welcome-code"
            label={t('account.welcome.code')}
            hint={t('account.welcome.code.hint')}
            value={code}
            onChange={setCode}
            maxLength={64}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck="false"
            className="field-code"
            error={errorAt('welcome-code')}
          />
        )}
        <NewPassword
          id="welcome-password"
          label={t('account.password.new')}
          value={password}
          onChange={setPassword}
          lengths={link.rules}
          found={found}
          error={errorAt('welcome-password')}
        />
        {link.secondFactor === 'required' && <p className="hint">{t('account.welcome.second')}</p>}
        <Button type="submit" kind="primary" isBusy={busy} className="wide">
          {t(busy ? 'session.signin.busy' : 'account.welcome.submit')}
        </Button>
      </SubmitForm>
    </>
  )
}
