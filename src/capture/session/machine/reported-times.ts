/** When a call was answered and ended, as its client's clock tells and ours understands (R16). */
import type { CallInvitation } from './describe-segment.ts'

/** What the first request of a segment tells of its client's clock. */
export interface ClientClock {
  /**
   * Our clock less theirs, at most: a client asks for a recording once somebody has joined, so its latest time was a moment
   * before. One that asks later looks as if its clock were behind. Where it is not certain, less is cut than could be.
   */
  behindMs: number
  /** Whether it told when the call was answered; otherwise the request's arrival stands for it until a later one does. */
  toldAnswer: boolean
}

export function clientClock({ times }: CallInvitation, arrivedAt: Temporal.Instant): ClientClock {
  const { toldMs, answeredAtMs } = times
  const behindMs = toldMs === undefined ? 0 : arrivedAt.epochMilliseconds - toldMs
  return { behindMs, toldAnswer: answeredAtMs !== undefined }
}

/** The answer, where the first request came before it (early media) and a later one tells it; never after `now`. */
export function lateAnswerTime(
  { times }: CallInvitation,
  clock: ClientClock,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  return clock.toldAnswer || times.answeredAtMs === undefined
    ? undefined
    : ours(times.answeredAtMs + Math.min(0, clock.behindMs), now)
}

/** The end of the call, where its metadata tell of one for each of its sessions; never after `now`. */
export function reportedEnd(
  { times, metadata }: CallInvitation,
  clock: ClientClock,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const isOver = metadata?.sessions.every(({ endTimeMs }) => endTimeMs !== undefined)
  return isOver && times.endedAtMs !== undefined ? ours(times.endedAtMs + Math.max(0, clock.behindMs), now) : undefined
}

/** When another official took the call over: as told, where that is after it was answered and not ahead of us. */
export function transferTime(
  told: Temporal.Instant,
  answeredAt: Temporal.Instant | undefined,
  now: Temporal.Instant,
): Temporal.Instant {
  const isAfter = !answeredAt || Temporal.Instant.compare(told, answeredAt) > 0
  return isAfter && Temporal.Instant.compare(told, now) <= 0 ? told : now
}

function ours(ms: number, now: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.min(Math.round(ms), now.epochMilliseconds))
}
