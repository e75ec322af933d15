import type { CalendarDate } from '@internationalized/date'
import { CalendarDays } from 'lucide-react'
import {
  Button,
  Calendar,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  FieldError,
  Group,
  Label,
  Popover,
  Text,
} from 'react-aria-components'
import { Month } from './month.tsx'

/** One day, typed or picked from the calendar; empty is allowed. */
export function Day({
  id,
  label,
  hint,
  error,
  value,
  onChange,
  minValue,
  className,
}: {
  id?: string
  label: string
  hint?: string | undefined
  error?: string | undefined
  value: CalendarDate | null
  onChange: (day: CalendarDate | null) => void
  minValue?: CalendarDate
  className?: string
}) {
  return (
    <DatePicker
      {...(id && { id })}
      className={`field field-day ${className ?? ''}`}
      value={value}
      onChange={(day) => onChange(day)}
      {...(minValue && { minValue })}
      isInvalid={error != null}
      validationBehavior="aria"
      shouldForceLeadingZeros={false}
    >
      <Label className="label">{label}</Label>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Group className="input date-range">
        <DateInput className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-segment" />}
        </DateInput>
        <Button className="inside-button">
          <CalendarDays aria-hidden="true" size={20} />
        </Button>
      </Group>
      <FieldError className="field-error">{error}</FieldError>
      <Popover className="popover">
        <Dialog className="calendar-dialog">
          <Calendar firstDayOfWeek="mon">
            <Month />
          </Calendar>
        </Dialog>
      </Popover>
    </DatePicker>
  )
}
