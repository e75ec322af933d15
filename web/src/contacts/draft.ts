import { Time, toCalendarDate, type CalendarDate, type CalendarDateTime } from '@internationalized/date'
import type { DateRange } from '../controls/date-range.tsx'
import type { Word } from '../language/use-words.ts'
import { parseDay, type Filters, type Recorded } from './filters.ts'

/** A search as it stands in the form, before it becomes the address. */
export interface Draft {
  caller: string
  official: string
  number: string
  recorded: Recorded
  days: DateRange | null
  fromTime: Time | null
  toTime: Time | null
}

/** What is wrong with a draft, field by field: the word that says it. */
export interface DraftProblems {
  caller?: Word
  days?: Word
  times?: Word
}

/** The form's content for a search in the address. */
export function draftOf(filters: Filters): Draft {
  const from = filters.from ? parseDay(filters.from) : undefined
  const to = filters.to ? parseDay(filters.to) : undefined
  const start = from && toCalendarDate(from)
  const end = to && toCalendarDate(to)
  return {
    caller: filters.caller ?? '',
    official: filters.official ?? '',
    number: filters.number ?? '',
    recorded: filters.recorded ?? 'any',
    days: start || end ? { start: (start ?? end)!, end: (end ?? start)! } : null,
    fromTime: timeOf(from),
    toTime: timeOf(to),
  }
}

/** The search that a form's content makes. */
export function filtersOf({ caller, official, number, recorded, days, fromTime, toTime }: Draft): Filters {
  return {
    ...(caller.trim() && { caller: caller.trim() }),
    ...(official.trim() && { official: official.trim() }),
    ...(number && { number }),
    ...(recorded !== 'any' && { recorded }),
    ...(days && { from: written(days.start, fromTime), to: written(days.end, toTime) }),
  }
}

/** Nothing where the search can be made. A number may be written in any form, but with digits and no letters. */
export function problemsOf({ caller, days, fromTime, toTime }: Draft): DraftProblems {
  const isNumber = caller.trim() === '' || /^[+\d\s()./-]*\d[\d\s()./-]*$/.test(caller)
  const isBackwards = days != null && days.end.compare(days.start) < 0
  const isOneDay = days != null && days.end.compare(days.start) === 0
  return {
    ...(!isNumber && { caller: 'contacts.search.caller.wrong' }),
    ...(isBackwards && { days: 'contacts.search.days.wrong' }),
    ...(!days && (fromTime || toTime) && { times: 'contacts.search.time.needsDays' }),
    ...(isOneDay && fromTime && toTime && toTime.compare(fromTime) <= 0 && { times: 'contacts.search.time.wrong' }),
  }
}

function written(day: CalendarDate, time: Time | null): string {
  return time ? `${day.toString()}T${time.toString().slice(0, 5)}` : day.toString()
}

function timeOf(day: CalendarDate | CalendarDateTime | undefined): Time | null {
  return day && 'hour' in day ? new Time(day.hour, day.minute) : null
}
