import { Eye, EyeOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Form, Input, Label, TextField, ToggleButton } from 'react-aria-components'
import { api, queries } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'

interface Problem {
  field?: 'userId' | 'password'
  key: Word
}

/** Sign-in by personal user id and password (R20). `because` says why it is asked in the middle of work. */
export function SignInPage({ because }: { because?: 'ended' | 'signed-out' | undefined }) {
  const { say } = useLanguage()
  const [userId, setUserId] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<Problem[]>([])
  const summary = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (problems.length > 0) summary.current?.focus()
  }, [problems])

  const submit = async () => {
    const missing: Problem[] = [
      ...(userId.trim() ? [] : [{ field: 'userId', key: 'signin.userId.missing' } as const]),
      ...(password ? [] : [{ field: 'password', key: 'signin.password.missing' } as const]),
    ]
    if (missing.length > 0) return setProblems(missing)
    setBusy(true)
    const { data, error } = await api
      .POST('/api/session', { body: { userId: userId.trim(), password } })
      .catch((failure: unknown) => ({ data: undefined, error: failure }))
    setBusy(false)
    if (!data) return setProblems([{ key: `error.${refusalKey(error)}` }])
    queries.removeQueries({
      predicate: (query) => !['/api/session', '/api/organisation'].includes(String(query.queryKey[1])),
    })
    queries.setQueryData(['get', '/api/session'], data)
  }

  const errorOf = (field: Problem['field']) => {
    const problem = problems.find((one) => one.field === field)
    return problem && say(problem.key)
  }

  return (
    <Page title={say('signin.title')} className="signin">
      {because && (
        <Notice kind={because === 'ended' ? 'warning' : 'success'}>{say(`signin.because.${because}` as Word)}</Notice>
      )}
      <div ref={summary} tabIndex={-1} className="error-summary" role={problems.length > 0 ? 'alert' : undefined}>
        {problems.length > 0 && (
          <Notice kind="error" title={say('signin.failed')}>
            <ul>
              {problems.map((problem) => (
                <li key={problem.key}>
                  {problem.field ? <a href={`#signin-${problem.field}`}>{say(problem.key)}</a> : say(problem.key)}
                </li>
              ))}
            </ul>
          </Notice>
        )}
      </div>
      <Form
        validationBehavior="aria"
        className="panel signin-form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Field
          id="signin-userId"
          label={say('signin.userId')}
          value={userId}
          onChange={setUserId}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck="false"
          maxLength={64}
          error={errorOf('userId')}
        />
        <TextField className="field" value={password} onChange={setPassword} isInvalid={errorOf('password') != null}>
          <Label className="label">{say('signin.password')}</Label>
          <div className="with-toggle">
            <Input
              id="signin-password"
              className="input"
              type={shown ? 'text' : 'password'}
              autoComplete="current-password"
              maxLength={1024}
              aria-describedby={errorOf('password') ? 'signin-password-error' : undefined}
            />
            <ToggleButton
              className="toggle-inside"
              isSelected={shown}
              onChange={setShown}
              aria-label={say('signin.show')}
            >
              {shown ? <EyeOff aria-hidden="true" size={20} /> : <Eye aria-hidden="true" size={20} />}
            </ToggleButton>
          </div>
          {errorOf('password') && (
            <span id="signin-password-error" className="field-error">
              {errorOf('password')}
            </span>
          )}
        </TextField>
        <Button type="submit" kind="primary" isBusy={busy} className="wide">
          {say(busy ? 'signin.busy' : 'signin.submit')}
        </Button>
      </Form>
      <p className="signin-note">{say('signin.note')}</p>
    </Page>
  )
}
