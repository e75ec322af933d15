import {
  fromDate,
  toCalendarDate,
  toCalendarDateTime,
  toZoned,
  type CalendarDate,
  type Time,
} from '@internationalized/date'
import { zone } from '../format/instant.ts'

/** A preservation order holds at most so long from when it was entered or renewed (Act 806/2011 8:24). */
const holdMonths = 3
/** The server's clock may be this far behind, and the order has to be within its three months. */
const marginMs = 60_000

/** The last day that an order may be chosen to hold until. */
export function lastHoldDay(nowMs: number): CalendarDate {
  return toCalendarDate(here(nowMs).add({ months: holdMonths }))
}

/** The end of that day in Finland; on the last day that is allowed, three calendar months from now to the minute. */
export function holdUntil(day: CalendarDate, nowMs: number): string {
  const endMs = day.add({ days: 1 }).toDate(zone).getTime()
  const mostMs = here(nowMs).add({ months: holdMonths }).toDate().getTime() - marginMs
  return new Date(Math.min(endMs, mostMs)).toISOString()
}

/** Today in Finland. */
export function todayAt(nowMs: number): CalendarDate {
  return toCalendarDate(here(nowMs))
}

/** A time of day in Finland on a day, as an instant. */
export function instantOf(day: CalendarDate, time: Time): string {
  return toCalendarDateTime(day, time).toDate(zone).toISOString()
}

function here(nowMs: number) {
  return toZoned(fromDate(new Date(nowMs), 'UTC'), zone)
}
