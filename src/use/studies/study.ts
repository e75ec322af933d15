/**
 * Service-level studies (R4): counts, lengths and shares of calls under a Grant that covers numbers or units. Never shows a
 * call, a caller, an official, an unprotected count (protect-counts.ts) or a count of fewer than five calls.
 */
import type { Language, Trilingual } from '#description/closed-lists.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'

export const measures = ['calls', 'answered', 'talk', 'wait', 'recorded'] as const
export type Measure = (typeof measures)[number]

export const breakdowns = ['hour', 'weekday', 'month', 'number', 'region', 'language'] as const
export type Breakdown = (typeof breakdowns)[number]

/** Local days, both included. */
export interface Period {
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

export function isBefore(one: Temporal.PlainDate, other: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(one, other) < 0
}

export function earlier(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return isBefore(one, other) ? one : other
}

export function later(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return isBefore(one, other) ? other : one
}

/** Returns the last day of a day's month. */
export function lastOf(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.with({ day: day.daysInMonth })
}

export interface Question {
  period: Period
  /** Period to compare with; does not overlap the first. */
  compared?: Period | undefined
  by: Breakdown
  measure: Measure
  /** Limits to these numbers; empty: all that the right reaches. */
  numbers: readonly string[]
  /** A region as named by {@link NumberRegion}. */
  region?: string | undefined
  language?: Language | undefined
}

/** Region and language of a number from one local day to before another: numbers are reassigned (R7, R11). */
export interface NumberRegion {
  number: PhoneNumberKey
  since: Temporal.PlainDate
  until?: Temporal.PlainDate
  /** Finnish name of a regional number's region; undefined for a national one. */
  region?: string
  language: Language
}

export interface Region {
  key: string
  names: Trilingual
}

/** Stored counts of one cell: unprotected, not to be shown. */
export interface StoredCounts {
  calls: number
  answered: number
  /** Answered segments for which a draw was made, and those of them that were recorded. */
  judged: number
  recorded: number
  /** Sum of the shares that the plan's rules gave the judged calls, in millionths. */
  expectedPpm: number
  /** Answered calls by length, between {@link talkBounds}; for `wait` by time until answered. */
  lengths: number[]
}

/** Seconds; the same as in the database (`talk_bounds`, `wait_bounds` of database/functions/studies/studies.sql). */
export const talkBounds = [30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600] as const
export const waitBounds = [10, 20, 30, 60, 120, 180, 300, 600, 1200] as const
