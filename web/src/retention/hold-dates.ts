import {
  fromDate,
  toCalendarDate,
  toCalendarDateTime,
  toZoned,
  type CalendarDate,
  type Time,
} from '@internationalized/date'
import { zone } from '../format/instant.ts'

/** Maximum duration of a preservation order from entry or renewal (Act 806/2011 8:24). */
const holdMonths = 3
/** Tolerance for a server clock that is behind: the order must be within its three months. */
const marginMs = 60_000

/** Returns the last day that an order may have. */
export function lastHoldDay(nowMs: number): CalendarDate {
  return toCalendarDate(inFinland(nowMs).add({ months: holdMonths }))
}

/** Returns when an order with this last day ends: at the end of the day in Finland, and on the last allowed day three calendar months from now. */
export function holdUntil(day: CalendarDate, nowMs: number): string {
  const endMs = day.add({ days: 1 }).toDate(zone).getTime()
  const maxMs = inFinland(nowMs).add({ months: holdMonths }).toDate().getTime() - marginMs
  return new Date(Math.min(endMs, maxMs)).toISOString()
}

/** Returns today in Finland. */
export function todayAt(nowMs: number): CalendarDate {
  return toCalendarDate(inFinland(nowMs))
}

/** Returns the instant of a Finnish day and time. */
export function instantOf(day: CalendarDate, time: Time): string {
  return toCalendarDateTime(day, time).toDate(zone).toISOString()
}

function inFinland(nowMs: number) {
  return toZoned(fromDate(new Date(nowMs), 'UTC'), zone)
}
