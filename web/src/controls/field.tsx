import { FieldError, Input, Label, Text, TextField, type InputProps, type TextFieldProps } from 'react-aria-components'

interface FieldProps
  extends
    Pick<TextFieldProps, 'value' | 'onChange' | 'maxLength' | 'autoComplete'>,
    Pick<InputProps, 'id' | 'spellCheck' | 'autoCapitalize' | 'inputMode'> {
  label: string
  hint?: string | undefined
  error?: string | undefined
  className?: string
}

/** A text field: label above, hint under it, error below. */
export function Field({
  label,
  hint,
  error,
  className,
  id,
  spellCheck,
  autoCapitalize,
  inputMode,
  ...props
}: FieldProps) {
  return (
    <TextField {...props} className={`field ${className ?? ''}`} isInvalid={error != null} validationBehavior="aria">
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Input
        className="input"
        {...(id && { id })}
        spellCheck={spellCheck}
        autoCapitalize={autoCapitalize}
        inputMode={inputMode}
      />
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  )
}
