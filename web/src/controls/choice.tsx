import { Check, ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'

export interface Option {
  value: string
  label: string
  detail?: string | undefined
}

/** One of a few: a list that opens. */
export function Choice({
  label,
  options,
  value,
  onChange,
  className,
}: {
  label: string
  options: Option[]
  value: string
  onChange: (value: string) => void
  className?: string
}) {
  return (
    <Select className={`field ${className ?? ''}`} value={value} onChange={(key) => onChange(String(key))}>
      <Label className="label">{label}</Label>
      <Button className="input select-button">
        <SelectValue className="select-value">{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown aria-hidden="true" size={18} />
      </Button>
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
