import type { CalendarDate } from '@internationalized/date'
import { CalendarDays, ChevronLeft, ChevronRight } from 'lucide-react'
import {
  Button,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateInput,
  DateRangePicker,
  DateSegment,
  Dialog,
  FieldError,
  Group,
  Heading,
  Label,
  Popover,
  RangeCalendar,
} from 'react-aria-components'

export interface DateRange {
  start: CalendarDate
  end: CalendarDate
}

/** From which day to which, both included; typed or picked from the calendar. */
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
            <header className="calendar-header">
              <Button slot="previous" className="inside-button">
                <ChevronLeft aria-hidden="true" size={20} />
              </Button>
              <Heading className="calendar-title" />
              <Button slot="next" className="inside-button">
                <ChevronRight aria-hidden="true" size={20} />
              </Button>
            </header>
            <CalendarGrid className="calendar-grid" weekdayStyle="short">
              <CalendarGridHeader>
                {(day) => <CalendarHeaderCell className="calendar-weekday">{day}</CalendarHeaderCell>}
              </CalendarGridHeader>
              <CalendarGridBody>{(date) => <CalendarCell date={date} className="calendar-day" />}</CalendarGridBody>
            </CalendarGrid>
          </RangeCalendar>
        </Dialog>
      </Popover>
    </DateRangePicker>
  )
}
