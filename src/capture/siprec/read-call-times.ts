/** Times at which the call began and was answered, from metadata (R10, R16). */
import type { RecordingMetadata } from './recording-metadata.ts'

/** Tolerated clock difference before a start in the future counts as wrong. */
const clockToleranceMs = 5_000
/** Longest call. An earlier start comes from an unset clock, and would shorten how long the call is kept. */
const maxCallMs = 24 * 3_600_000

export interface CallTimes {
  readonly startedAtMs: number
  readonly startedAtSource: 'sessionStartTime' | 'associateTime' | 'arrival'
  /** When the official joined. Missing if metadata do not contain it; then the recording session's own start counts. */
  readonly answeredAtMs?: number
  readonly endedAtMs?: number
  /** Latest beginning reported, by the client's clock, however wrong that is. */
  readonly reportedMs?: number
}

/** `arrivedAtMs`: arrival of the INVITE. Used if the start is missing, in the future or too long ago. */
export function readCallTimes(
  metadata: RecordingMetadata | undefined,
  arrivedAtMs: number,
  officialId: string | undefined,
): CallTimes {
  const past = (times: readonly (number | undefined)[]) =>
    times.filter(
      (time) => time !== undefined && time <= arrivedAtMs + clockToleranceMs && time >= arrivedAtMs - maxCallMs,
    ) as number[]
  const { sessions = [], sessionLinks = [] } = metadata ?? {}
  const starts = past(sessions.map(({ startTimeMs }) => startTimeMs))
  const joins = past(sessionLinks.map(({ fromMs }) => fromMs))
  const officials = past(sessionLinks.filter((link) => link.participantId === officialId).map(({ fromMs }) => fromMs))
  const reported = [
    ...sessions.map(({ startTimeMs }) => startTimeMs),
    ...sessionLinks.map(({ fromMs }) => fromMs),
  ].filter((time) => time !== undefined)
  const ends = sessions.map(({ endTimeMs }) => endTimeMs).filter((time) => time !== undefined)
  const [startedAtMs, startedAtSource] =
    starts.length > 0
      ? ([Math.min(...starts), 'sessionStartTime'] as const)
      : joins.length > 0
        ? ([Math.min(...joins), 'associateTime'] as const)
        : ([arrivedAtMs, 'arrival'] as const)
  return {
    startedAtMs: Math.min(startedAtMs, arrivedAtMs),
    startedAtSource,
    ...(officials.length > 0 ? { answeredAtMs: Math.max(...officials) } : {}),
    ...(ends.length > 0 ? { endedAtMs: Math.max(...ends) } : {}),
    ...(reported.length > 0 ? { reportedMs: Math.max(...reported) } : {}),
  }
}
