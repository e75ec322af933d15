import { Eye, EyeOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { FieldError, Input, Label, Text, TextField, ToggleButton } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'

/** Password field: the password can be shown, pasted and filled by a password manager (NIST SP 800-63B-4, 3.1.1.2). */
export function PasswordField({
  id,
  label,
  hint,
  error,
  value,
  onChange,
  autoComplete,
  isRequired = false,
  children,
}: {
  id?: string
  label: string
  hint?: string | undefined
  error?: string | undefined
  value: string
  onChange: (value: string) => void
  autoComplete: 'current-password' | 'new-password'
  isRequired?: boolean
  /** Content between the field and its error: the password rules. */
  children?: ReactNode
}) {
  const { t } = useLanguage()
  const [shown, setShown] = useState(false)
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error != null}
      isRequired={isRequired}
      validationBehavior="aria"
      autoComplete={autoComplete}
    >
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <div className="with-toggle">
        <Input
          {...(id && { id })}
          className="input"
          type={shown ? 'text' : 'password'}
          maxLength={1024}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck="false"
        />
        <ToggleButton
          className="toggle-inside"
          isSelected={shown}
          onChange={setShown}
          aria-label={t('session.signin.show')}
        >
          {shown ? <EyeOff aria-hidden="true" size={20} /> : <Eye aria-hidden="true" size={20} />}
        </ToggleButton>
      </div>
      {children}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  )
}
