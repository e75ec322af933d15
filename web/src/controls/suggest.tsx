import { ChevronDown } from 'lucide-react'
import { Button, ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components'
import type { Option } from './choice.tsx'

/** Combobox: values other than the suggestions are allowed. */
export function Suggest({
  label,
  hint,
  error,
  options,
  value,
  onChange,
  none,
  maxLength,
  className,
}: {
  label: string
  hint?: string | undefined
  error?: string | undefined
  options: Option[]
  value: string
  onChange: (value: string) => void
  /** Set if the caller searches suggestions while typing: text shown without any. Such suggestions are not filtered here. */
  none?: string
  maxLength?: number
  className?: string
}) {
  const items = options.map((option) => ({ ...option, id: option.value }))
  return (
    <ComboBox
      className={`field ${className ?? ''}`}
      inputValue={value}
      onInputChange={onChange}
      allowsCustomValue
      allowsEmptyCollection={none !== undefined}
      menuTrigger="input"
      isInvalid={error != null}
      validationBehavior="aria"
      {...(none === undefined ? { defaultItems: items } : { items })}
    >
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <div className="with-toggle">
        <Input className="input" autoComplete="off" {...(maxLength && { maxLength })} />
        <Button className="toggle-inside">
          <ChevronDown aria-hidden="true" size={18} />
        </Button>
      </div>
      <FieldError className="field-error">{error}</FieldError>
      <Popover className="popover select-popover">
        <ListBox<Option & { id: string }>
          className="listbox"
          renderEmptyState={() => <span className="option option-none">{none}</span>}
        >
          {(option) => (
            <ListBoxItem className="option" textValue={option.value}>
              <span className="option-words">
                <span>{option.label}</span>
                {option.detail && <span className="option-detail">{option.detail}</span>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
