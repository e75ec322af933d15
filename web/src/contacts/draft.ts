import { Time, toCalendarDate, type CalendarDate, type CalendarDateTime } from '@internationalized/date'
import {
  filterOf,
  filterNames,
  noFilterValue,
  type FilterName,
} from '../../../src/app/http/contract/contact-filters.ts'
import type { DateRange } from '../controls/date-range.tsx'
import type { Word } from '../language/use-words.ts'
import { parseDay, type Filters } from './filters.ts'

/** Search in the form, before it is put into the URL. */
export interface Draft extends Record<FilterName, string> {
  days: DateRange | null
  fromTime: Time | null
  toTime: Time | null
}

/** Text key of the problem of each field. */
export type DraftProblems = Partial<Record<FilterName | 'days' | 'times', Word>>

/** Returns the form's content for a search in the URL. */
export function draftOf(filters: Filters): Draft {
  const from = filters.from ? parseDay(filters.from) : undefined
  const to = filters.to ? parseDay(filters.to) : undefined
  const start = from && toCalendarDate(from)
  const end = to && toCalendarDate(to)
  return {
    ...byName((name) => filters[name] ?? noFilterValue(name)),
    days: start || end ? { start: (start ?? end)!, end: (end ?? start)! } : null,
    fromTime: timeOf(from),
    toTime: timeOf(to),
  }
}

/** Returns the search of a form's content. */
export function filtersOf({ days, fromTime, toTime, ...draft }: Draft): Filters {
  const filled = filterNames.filter((name) => draft[name].trim() !== noFilterValue(name))
  return {
    ...Object.fromEntries(filled.map((name) => [name, draft[name].trim()])),
    ...(days && { from: formatDay(days.start, fromTime), to: formatDay(days.end, toTime) }),
  }
}

/** Returns the problems of the fields; none if the draft is valid. A number may be written in any form, with digits and without letters. */
export function problemsOf({ days, fromTime, toTime, ...draft }: Draft): DraftProblems {
  const isNumber = (text: string) => text.trim() === '' || /^[+\d\s()./-]*\d[\d\s()./-]*$/.test(text)
  const wrong = filterNames.filter((name) => filterOf(name).kind === 'phone' && !isNumber(draft[name]))
  const isBackwards = days != null && days.end.compare(days.start) < 0
  const isOneDay = days != null && days.end.compare(days.start) === 0
  return {
    ...Object.fromEntries(wrong.map((name) => [name, `contacts.search.${name}.wrong`])),
    ...(isBackwards && { days: 'contacts.search.days.wrong' }),
    ...(!days && (fromTime || toTime) && { times: 'contacts.search.time.needsDays' }),
    ...(isOneDay && fromTime && toTime && toTime.compare(fromTime) <= 0 && { times: 'contacts.search.time.wrong' }),
  }
}

function byName(valueOf: (name: FilterName) => string) {
  return Object.fromEntries(filterNames.map((name) => [name, valueOf(name)])) as Record<FilterName, string>
}

function formatDay(day: CalendarDate, time: Time | null): string {
  return time ? `${day.toString()}T${time.toString().slice(0, 5)}` : day.toString()
}

function timeOf(day: CalendarDate | CalendarDateTime | undefined): Time | null {
  return day && 'hour' in day ? new Time(day.hour, day.minute) : null
}
