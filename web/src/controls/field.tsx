import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField,
  type InputProps,
  type TextFieldProps,
} from 'react-aria-components'

interface FieldProps
  extends
    Pick<TextFieldProps, 'value' | 'onChange' | 'maxLength' | 'autoComplete' | 'isReadOnly'>,
    Pick<InputProps, 'id' | 'spellCheck' | 'autoCapitalize' | 'inputMode' | 'lang'> {
  label: string
  hint?: string | undefined
  error?: string | undefined
  className?: string
  /** Height in lines; one if undefined. */
  rows?: number
}

/** Text field: label above, hint under it, error below. */
export function Field({
  label,
  hint,
  error,
  className,
  id,
  spellCheck,
  autoCapitalize,
  inputMode,
  lang,
  rows,
  ...props
}: FieldProps) {
  const own = { className: 'input', ...(id && { id }), spellCheck, autoCapitalize, inputMode, lang }
  return (
    <TextField {...props} className={`field ${className ?? ''}`} isInvalid={error != null} validationBehavior="aria">
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      {rows ? <TextArea {...own} rows={rows} /> : <Input {...own} />}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  )
}
