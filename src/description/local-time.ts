import { termZone } from './terms.ts'
import { weekdays, type Weekday } from './closed-lists.ts'

/** An instant in the calendar and on the clock of Europe/Helsinki. */
export type LocalTime = {
  weekday: Weekday
  /** Milliseconds on the clock since 00.00; on two days a year this is not the time since midnight. */
  clockMs: number
  /** Week number from Monday 00.00 to Sunday 24.00; equal for instants of one week. */
  week: number
}

const dayMs = 86_400_000
/** 1 January 1970 was a Thursday. */
const daysFromMonday = 3

/** The offset is constant between two clock changes: computed once and cached. */
type Stretch = { fromMs: number; toMs: number; offsetMs: number }
const stretches: Stretch[] = []

/** Converts milliseconds since 1970, clock changes included. */
export function localTime(epochMs: number): LocalTime {
  const localMs = epochMs + offsetAt(epochMs)
  const day = Math.floor(localMs / dayMs)
  const sinceMonday = day + daysFromMonday
  const week = Math.floor(sinceMonday / weekdays.length)
  return { weekday: weekdays[sinceMonday - week * weekdays.length] ?? 'MON', clockMs: localMs - day * dayMs, week }
}

/** Returns the first moment of the instant's week. */
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
