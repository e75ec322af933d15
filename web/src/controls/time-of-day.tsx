import type { Time } from '@internationalized/date'
import { DateInput, DateSegment, Label, TimeField } from 'react-aria-components'

/** Time of day on the 24-hour clock; empty is allowed. */
export function TimeOfDay({
  label,
  isWrong,
  value,
  onChange,
}: {
  label: string
  isWrong: boolean
  value: Time | null
  onChange: (time: Time | null) => void
}) {
  return (
    <TimeField
      className="field field-time"
      isInvalid={isWrong}
      validationBehavior="aria"
      value={value}
      onChange={(time) => onChange(time)}
      hourCycle={24}
    >
      <Label className="label">{label}</Label>
      <DateInput className="input date-input">
        {(segment) => <DateSegment segment={segment} className="date-segment" />}
      </DateInput>
    </TimeField>
  )
}
