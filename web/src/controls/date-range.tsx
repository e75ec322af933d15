import type { CalendarDate } from '@internationalized/date'
import { CalendarDays } from 'lucide-react'
import {
  Button,
  DateInput,
  DateRangePicker,
  DateSegment,
  Dialog,
  FieldError,
  Group,
  Label,
  Popover,
  RangeCalendar,
} from 'react-aria-components'
import { Month } from './month.tsx'

export interface DateRange {
  start: CalendarDate
  end: CalendarDate
}

/** First and last day, inclusive; typed or picked from the calendar. */
export function DateRangeField({
  label,
  error,
  value,
  onChange,
}: {
  label: string
  error: string
  value: DateRange | null
  onChange: (range: DateRange | null) => void
}) {
  return (
    <DateRangePicker
      className="field"
      value={value}
      onChange={(range) => onChange(range)}
      validationBehavior="aria"
      shouldForceLeadingZeros={false}
    >
      <Label className="label">{label}</Label>
      <Group className="input date-range">
        <DateInput slot="start" className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-segment" />}
        </DateInput>
        <span aria-hidden="true" className="date-dash">
          –
        </span>
        <DateInput slot="end" className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-segment" />}
        </DateInput>
        <Button className="inside-button">
          <CalendarDays aria-hidden="true" size={20} />
        </Button>
      </Group>
      <FieldError className="field-error">{error}</FieldError>
      <Popover className="popover">
        <Dialog className="calendar-dialog">
          <RangeCalendar firstDayOfWeek="mon">
            <Month />
          </RangeCalendar>
        </Dialog>
      </Popover>
    </DateRangePicker>
  )
}
