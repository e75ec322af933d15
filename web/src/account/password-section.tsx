import { useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import type { Account, AccountRefusal } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Notice } from '../controls/notice.tsx'
import { PasswordField } from '../controls/password-field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { describeRefusal } from './describe-refusal.ts'
import { NewPassword } from './new-password.tsx'
import { isSamePassword, lengthProblem, describeProblems } from './password-rules.ts'
import { refreshAccount } from './refresh-account.ts'
import { useFocusFirst } from './use-focus-first.ts'
import { usePasswordCheck } from './use-password-check.ts'
import { SubmitOrCancel } from './submit-or-cancel.tsx'

/** Changes the password; requires the current one. */
export function PasswordSection({ account }: { account: Account }) {
  const { t, language } = useLanguage()
  const [open, setOpen] = useState(false)
  const [isDone, setIsDone] = useState(false)
  const { set, setAt } = account.password
  return (
    <section className="panel panel-narrow stack" aria-labelledby="account-password">
      <h2 id="account-password" tabIndex={-1}>
        {t('account.password')}
      </h2>
      {!set && <p>{t('account.password.none')}</p>}
      {set && (
        <p>{setAt ? t('account.password.setAt', { date: formatDate(setAt, language) }) : t('account.password.set')}</p>
      )}
      {isDone && (
        <Notice kind="success" isUrgent>
          {t('account.password.done')}
        </Notice>
      )}
      {set && !open && (
        <div className="actions">
          <Button
            kind="secondary"
            onPress={() => {
              setIsDone(false)
              setOpen(true)
            }}
          >
            {t('account.password.change')}
          </Button>
        </div>
      )}
      {open && (
        <ChangePassword
          account={account}
          onDone={() => {
            setOpen(false)
            setIsDone(true)
            focusHeading('account-password')
            void refreshAccount()
          }}
          onCancel={() => {
            setOpen(false)
            focusHeading('account-password')
          }}
        />
      )}
    </section>
  )
}

function ChangePassword({ account, onDone, onCancel }: { account: Account; onDone: () => void; onCancel: () => void }) {
  const { t } = useLanguage()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const change = $api.useMutation('post', '/api/account/password')
  const { rules } = account.password
  const found = usePasswordCheck(password, rules, {})
  const refused = (change.error as Partial<AccountRefusal> | null)?.error
  useFocusFirst(form, 'input')

  const badLength = lengthProblem(password, rules)
  const same = password !== '' && isSamePassword(password, current) ? [{ code: 'same' as const }] : []
  const problems = [...(found ?? (badLength ? [badLength] : [])), ...same]
  const tried = tries > 0
  const isOld = refused?.code === 'session.credentials' || refused?.field === 'current'
  const currentError = () => {
    if (tried && current === '') return t('session.signin.password.missing')
    return isOld ? t('error.password.current') : undefined
  }
  const passwordError = () => {
    if (tried && password === '') return t('account.password.missing')
    if (tried && problems.length > 0) return describeProblems(problems, t)
    return refused?.problems ? describeRefusal(change.error, t) : undefined
  }
  const submit = async () => {
    setTries(tries + 1)
    if (current !== '' && password !== '' && problems.length === 0) {
      const done = await change.mutateAsync({ body: { current, password } }).then(
        () => true,
        () => false,
      )
      if (done) return onDone()
    }
    window.setTimeout(() => focusWrong(form.current))
  }
  const edit = () => change.error && change.reset()

  return (
    <SubmitForm ref={form} className="stack" isBusy={change.isPending} onSubmit={submit}>
      <input type="text" autoComplete="username" value={account.userId} readOnly hidden />
      <PasswordField
        id="account-current"
        label={t('account.password.current')}
        value={current}
        onChange={(value) => {
          edit()
          setCurrent(value)
        }}
        autoComplete="current-password"
        error={currentError()}
      />
      <NewPassword
        id="account-new"
        label={t('account.password.new')}
        value={password}
        onChange={(value) => {
          edit()
          setPassword(value)
        }}
        lengths={rules}
        found={found}
        error={passwordError()}
        current={current}
      />
      <p className="hint">{t('account.password.others')}</p>
      {change.error && !isOld && !refused?.problems && (
        <Notice kind="error" isUrgent>
          {describeRefusal(change.error, t)}
        </Notice>
      )}
      <SubmitOrCancel submitWord="account.password.do" isBusy={change.isPending} onCancel={onCancel} />
    </SubmitForm>
  )
}
