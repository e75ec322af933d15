import { termZone } from './terms.ts'
import { weekdays, type Weekday } from './closed-lists.ts'

/** An instant on the clocks and in the calendar of Europe/Helsinki. */
export type LocalTime = {
  weekday: Weekday
  /** What the clock shows, in milliseconds since it showed 00.00. On two days a year this is not the time since midnight. */
  clockMs: number
  /** Counts the weeks from Monday 00.00 to Sunday 24.00; equal for two instants in one week. */
  week: number
}

const dayMs = 86_400_000
/** 1 January 1970 was a Thursday. */
const daysFromMonday = 3

/** Between two changes of the clocks the offset is one: computed once, kept for every later question. */
type Stretch = { fromMs: number; toMs: number; offsetMs: number }
const stretches: Stretch[] = []

/** What calendar and clocks say at an instant, in whole milliseconds since 1970; changes of the clocks included. */
export function localTime(epochMs: number): LocalTime {
  const localMs = epochMs + offsetAt(epochMs)
  const day = Math.floor(localMs / dayMs)
  const sinceMonday = day + daysFromMonday
  const week = Math.floor(sinceMonday / weekdays.length)
  return { weekday: weekdays[sinceMonday - week * weekdays.length] ?? 'MON', clockMs: localMs - day * dayMs, week }
}

/** The first moment of the week that an instant lies in. */
export function weekStart(at: Temporal.Instant): Temporal.Instant {
  const local = at.toZonedDateTimeISO(termZone)
  return local
    .subtract({ days: local.dayOfWeek - 1 })
    .startOfDay()
    .toInstant()
}

function offsetAt(epochMs: number): number {
  const known = stretches.find(({ fromMs, toMs }) => fromMs <= epochMs && epochMs < toMs)
  if (known) return known.offsetMs
  const at = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(termZone)
  const [next, last] = [at.getTimeZoneTransition('next'), at.add({ milliseconds: 1 }).getTimeZoneTransition('previous')]
  const stretch = {
    fromMs: last?.epochMilliseconds ?? -Infinity,
    toMs: next?.epochMilliseconds ?? Infinity,
    offsetMs: at.offsetNanoseconds / 1e6,
  }
  stretches.unshift(stretch)
  return stretch.offsetMs
}
