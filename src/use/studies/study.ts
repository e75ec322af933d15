/**
 * Service-level studies (R4). In: a question of counts, under a Grant whose right reaches numbers or units. Out: counts of
 * calls, lengths and shares, none of them of fewer than five calls. Never here: a call, a caller, an official, a count as it is
 * kept (protect-counts.ts).
 */
import type { Language, Trilingual } from '#description/closed-lists.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'

export const measures = ['calls', 'answered', 'talk', 'wait', 'recorded'] as const
export type Measure = (typeof measures)[number]

export const breakdowns = ['hour', 'weekday', 'month', 'number', 'region', 'language'] as const
export type Breakdown = (typeof breakdowns)[number]

/** From one local day to another, both in. */
export interface Period {
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

export interface Question {
  period: Period
  /** Another time to hold it against; it does not overlap the first. */
  compared?: Period | undefined
  by: Breakdown
  measure: Measure
  /** Of these numbers alone; none: of all that the right reaches. */
  numbers: readonly string[]
  /** A region as {@link Place} names it. */
  region?: string | undefined
  language?: Language | undefined
}

/** What a number is from one local day until before another: numbers change hands (R7, R11). */
export interface Place {
  number: PhoneNumberKey
  since: Temporal.PlainDate
  until?: Temporal.PlainDate
  /** The Finnish name of a regional number's region; none of a national one. */
  region?: string
  language: Language
}

export interface Region {
  key: string
  names: Trilingual
}

/** Counts of one cell as they are kept: to be protected before anybody sees them. */
export interface Kept {
  calls: number
  answered: number
  judged: number
  recorded: number
  /** Sum of the shares that the plan's rules gave the judged ones, in millionths. */
  expectedPpm: number
  /** Answered calls by length, between {@link talkBounds}; with `wait` by how long they waited for the answer. */
  lengths: number[]
}

/** Seconds; the same as in the database (`talk_bounds`, `wait_bounds` of database/functions/studies/studies.sql). */
export const talkBounds = [30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600] as const
export const waitBounds = [10, 20, 30, 60, 120, 180, 300, 600, 1200] as const
