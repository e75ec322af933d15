/**
 * Thresholds of alarms, and of the rate limit of views (R21, L17). An alarm is a question for the data protection officer, not
 * a judgement of a person.
 *
 * Intervals are PostgreSQL's. Each kind is found by its query in find-alarms.ts; `standstill` is not in the log and comes from
 * raise-standstill.ts.
 */

export const thresholds = {
  /**
   * Refusals with nothing shown in between (ids tried one after another), or the day's number in any order. An ended right,
   * session or listening does not count as one here.
   */
  refusals: { inRow: 8, within: '15 minutes', inDay: 30 },
  /** Listenings begun, and transcripts made or read, outside these hours of Finland's clock, on whatever day. */
  night: { listenings: 1, fromHour: 6, toHour: 20 },
  /** Recordings of one official's calls that one other person has listened to, or had written down for a copy. */
  official: { recordings: 12, within: '7 days' },
  /**
   * One caller's calls opened or number searched for on this many days, or the number searched for this often in a day. Own
   * calls, inspections and cases do not count.
   */
  caller: { days: 5, within: '30 days', searchesInDay: 12 },
  /**
   * Views, contacts on the pages of searches and in the list of calls in progress, and rate-limited views. The daily limit is for persons who stay below the hourly
   * one.
   */
  mass: { looksInHour: 400, contactsInHour: 5000, looksInDay: 1200, contactsInDay: 20_000 },
  /**
   * Callers' numbers revealed or searched for: a search shows whether the number called. Inspections and cases do not count.
   */
  reveals: { inHour: 15, inDay: 40, searchesInHour: 40, searchesInDay: 100 },
  /** Accounts with failed sign-ins; an unknown user id counts each time. Per day: detects somebody who tries a few at a time. */
  'sign-ins': { accounts: 10, within: '15 minutes', accountsInDay: 200 },
  /** Views by maintenance, if the description allows content in an emergency only. */
  'break-glass': { looks: 1 },
  /**
   * At the Service Unit's desk: searches for calls, calls found and not shown to be the requester's, recordings forbidden;
   * requests in the names of officials, whom the personnel register identifies; and copies of recordings, which leave with the
   * alleged requester.
   */
  requests: { searchesInDay: 80, givenUpInDay: 15, forbiddenInDay: 40, officialsInWeek: 8, copiesInWeek: 6 },
  /** Calls that a feed has reported and the plan drew, without a recording. */
  unrecorded: { calls: 1 },
  /** Recordings whose call no feed has reported within a day, if a feed covers that number (AC8). */
  untold: { recordings: 1 },
  /** Days without a new report of a feed or node before the alarm: until then its late reports are still accepted. */
  'late-window': { days: 3 },
  /** Recordings of one client in an hour in which one voice is missing; and that lost three packets of a hundred. */
  'one-way': { recordings: 3 },
  loss: { recordings: 5 },
  /** One-time links for people with present or requested rights, and removals of second factors. */
  links: { links: 1 },
  /** Numbers, places and employments of officials that somebody moves or ends, and new tokens of identity systems. */
  directory: { changes: 1 },
  /** Blockers of any process (docs/decisions/0085), once the oldest has lasted for so long; the alarm ends with the last. */
  standstill: { minutes: 2 },
} as const

export type AlarmKind = keyof typeof thresholds
export const alarmKinds = Object.keys(thresholds) as AlarmKind[]

/** Views that are served to one person without delay; further ones wait. */
export const defaultReadLimits = { inMinute: 60, inHour: 600 } as const
/** Each further view waits `stepMs` longer than the previous one, at most `longestMs`. */
export const readDelay = { stepMs: 100, longestMs: 10_000 } as const
/** Number of slowed views of one person that may wait; another is refused. */
export const maxWaiting = 8
/** Days after the end of a month within which its views by maintenance and the security unit are reviewed (AC24). */
export const reviewWithinDays = 14
