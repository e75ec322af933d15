import { ChevronLeft, ChevronRight } from 'lucide-react'
import {
  Button,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
} from 'react-aria-components'

/** Days of a month with previous and next buttons, in a calendar of a day or a range. */
export function Month() {
  return (
    <>
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
    </>
  )
}
