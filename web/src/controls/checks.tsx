import { Check } from 'lucide-react'
import { Checkbox, CheckboxGroup, FieldError, Label, Text } from 'react-aria-components'
import type { Option } from './choice.tsx'

/** Group of checkboxes. */
export function Checks({
  id,
  label,
  hint,
  error,
  options,
  value,
  onChange,
  className,
}: {
  id?: string
  label: string
  hint?: string | undefined
  error?: string | undefined
  options: Option[]
  value: string[]
  onChange: (value: string[]) => void
  className?: string
}) {
  return (
    <CheckboxGroup
      {...(id && { id })}
      className={`field checks ${className ?? ''}`}
      value={value}
      onChange={onChange}
      isInvalid={error != null}
      validationBehavior="aria"
    >
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <div className="checks-list">
        {options.map((option) => (
          <Checkbox key={option.value} value={option.value} className="check">
            <span className="check-box" aria-hidden="true">
              <Check size={16} />
            </span>
            <span>
              {option.label}
              {option.detail && <span className="check-detail"> {option.detail}</span>}
            </span>
          </Checkbox>
        ))}
      </div>
      <FieldError className="field-error">{error}</FieldError>
    </CheckboxGroup>
  )
}
