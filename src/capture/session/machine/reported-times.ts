/** Converts a client's answer and end times to our clock (R16). */
import type { CallInvitation } from './describe-segment.ts'

/** The client's clock, estimated from a segment's first request. */
export interface ClientClock {
  /**
   * Upper bound of our clock minus the client's, in ms: arrival of the request minus the latest time in it, which is just
   * before the client sent it. If the client sends it later, the bound is too high; then less is trimmed from the recording.
   */
  behindMs: number
  /** True if the request reported the answer time; otherwise its arrival is used until a later request reports it. */
  toldAnswer: boolean
}

export function clientClock({ times }: CallInvitation, arrivedAt: Temporal.Instant): ClientClock {
  const { reportedMs, answeredAtMs } = times
  const behindMs = reportedMs === undefined ? 0 : arrivedAt.epochMilliseconds - reportedMs
  return { behindMs, toldAnswer: answeredAtMs !== undefined }
}

/** Returns the answer time if only a later request reports it (early media); at most `now`. */
export function lateAnswerTime(
  { times }: CallInvitation,
  clock: ClientClock,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  return clock.toldAnswer || times.answeredAtMs === undefined
    ? undefined
    : toOurClock(times.answeredAtMs + Math.min(0, clock.behindMs), now)
}

/** Returns the end of the call if the metadata have an end for each session; at most `now`. */
export function reportedEnd(
  { times, metadata }: CallInvitation,
  clock: ClientClock,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const hasEnded = metadata?.sessions.every(({ endTimeMs }) => endTimeMs !== undefined)
  return hasEnded && times.endedAtMs !== undefined
    ? toOurClock(times.endedAtMs + Math.max(0, clock.behindMs), now)
    : undefined
}

/** Returns when another official took over: the reported time if between the answer and `now`, otherwise `now`. */
export function transferTime(
  { times }: CallInvitation,
  { behindMs }: ClientClock,
  answeredAt: Temporal.Instant | undefined,
  now: Temporal.Instant,
): Temporal.Instant {
  if (times.answeredAtMs === undefined) return now
  const reported = Temporal.Instant.fromEpochMilliseconds(Math.round(times.answeredAtMs + behindMs))
  const isAfter = !answeredAt || Temporal.Instant.compare(reported, answeredAt) > 0
  return isAfter && Temporal.Instant.compare(reported, now) <= 0 ? reported : now
}

function toOurClock(ms: number, now: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.min(Math.round(ms), now.epochMilliseconds))
}
