import { FieldError, Label, Radio, RadioGroup } from 'react-aria-components'
import type { Option } from './choice.tsx'

/** Radio group, one card for each option. */
export function RadioCards({
  id,
  label,
  error,
  options,
  value,
  onChange,
}: {
  id?: string
  label: string
  error?: string | undefined
  options: Option[]
  value: string | null
  onChange: (value: string) => void
}) {
  return (
    <RadioGroup
      {...(id && { id })}
      className="field radio-group"
      value={value}
      onChange={onChange}
      isInvalid={error != null}
      validationBehavior="aria"
    >
      <Label className="label">{label}</Label>
      <div className="radio-cards radio-cards-beside">
        {options.map((option) => (
          <Radio key={option.value} value={option.value} className="radio-card">
            <span className="radio-dot" aria-hidden="true" />
            <span className="radio-words">
              <span className="radio-title">{option.label}</span>
              {option.detail && <span className="radio-hint">{option.detail}</span>}
            </span>
          </Radio>
        ))}
      </div>
      <FieldError className="field-error">{error}</FieldError>
    </RadioGroup>
  )
}
