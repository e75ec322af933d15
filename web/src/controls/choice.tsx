import { Check, ChevronDown } from 'lucide-react'
import {
  Button,
  FieldError,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
} from 'react-aria-components'

export interface Option {
  value: string
  label: string
  detail?: string | undefined
}

/** Select with a list that opens. */
export function Choice({
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
  value: string
  onChange: (value: string) => void
  className?: string
}) {
  return (
    <Select
      {...(id && { id })}
      className={`field ${className ?? ''}`}
      value={value}
      onChange={(key) => onChange(String(key))}
      isInvalid={error != null}
      validationBehavior="aria"
    >
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Button className="input select-button">
        <SelectValue className="select-value">{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown aria-hidden="true" size={18} />
      </Button>
      <FieldError className="field-error">{error}</FieldError>
      <Popover className="popover select-popover">
        <ListBox className="listbox" items={options.map((option) => ({ ...option, id: option.value }))}>
          {(option) => (
            <ListBoxItem className="option" textValue={option.label}>
              {({ isSelected }) => (
                <>
                  <span className="option-words">
                    <span>{option.label}</span>
                    {option.detail && <span className="option-detail">{option.detail}</span>}
                  </span>
                  {isSelected && <Check aria-hidden="true" size={18} />}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  )
}
