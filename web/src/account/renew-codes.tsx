import { useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { readOtp } from '../session/sign-in-step.ts'
import { describeRefusal } from './describe-refusal.ts'
import { useFocusFirst } from './use-focus-first.ts'
import { SubmitOrCancel } from './submit-or-cancel.tsx'

/** Makes new recovery codes; requires a code of the authenticator. The old codes become invalid. */
export function RenewCodes({ onRenewed, onCancel }: { onRenewed: (codes: string[]) => void; onCancel: () => void }) {
  const { t } = useLanguage()
  const [code, setCode] = useState('')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const renew = $api.useMutation('post', '/api/account/recovery-codes')
  const otp = readOtp(code)
  useFocusFirst(form, 'input')
  const error = () => {
    if (tries > 0 && !otp) return t(code.trim() ? 'session.signin.otp.form' : 'session.signin.otp.missing')
    return renew.error ? describeRefusal(renew.error, t) : undefined
  }
  const submit = async () => {
    setTries(tries + 1)
    if (otp) {
      const renewed = await renew.mutateAsync({ body: { otp } }).catch(() => undefined)
      if (renewed) return onRenewed(renewed.recoveryCodes)
    }
    window.setTimeout(() => focusWrong(form.current))
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={renew.isPending} onSubmit={submit}>
      <p>{t('account.recovery.renew.what')}</p>
      <Field
        id="renew-code"
        label={t('session.signin.otp')}
        hint={t('session.signin.otp.hint')}
        value={code}
        onChange={(value) => {
          if (renew.error) renew.reset()
          setCode(value)
        }}
        autoComplete="one-time-code"
        inputMode="numeric"
        spellCheck="false"
        maxLength={16}
        className="field-code"
        error={error()}
      />
      <SubmitOrCancel submitWord="account.second.renew" isBusy={renew.isPending} onCancel={onCancel} />
    </SubmitForm>
  )
}
