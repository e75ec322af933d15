import type { SegmentFacts } from '#register/admit.ts'

export interface RecorderCounters {
  offered: number
  recorded: number
  /** Calls in the history that the plan does not record. */
  historyOnly: number
  refused: number
  /** Sessions of the previous process that were resumed. */
  resumed: number
  /** Failovers: sessions that ended or became silent while their call continued in another session. */
  failovers: number
  /** Stored segments to a number that is not in the description (R7). */
  unknownNumber: number
  /** Stored segments that are marked for review, because parties or voices are uncertain. */
  needsReview: number
  endsInferred: number
  /** Packets received in finished recordings. */
  packetsReceived: number
  packetsLost: number
}

export function noRecorderCounts(): RecorderCounters {
  return {
    ...{ offered: 0, recorded: 0, historyOnly: 0, refused: 0, resumed: 0, failovers: 0 },
    ...{ unknownNumber: 0, needsReview: 0, endsInferred: 0, packetsReceived: 0, packetsLost: 0 },
  }
}

/** Counts stored facts of a segment. `isFirst`: stored for the first time. */
export function countFacts(
  counters: RecorderCounters,
  { marks, recording }: Pick<SegmentFacts, 'marks' | 'recording'>,
  { isFirst }: { isFirst: boolean },
): void {
  if (isFirst && marks.includes('needs-review')) counters.needsReview++
  if (isFirst && marks.includes('unknown-number')) counters.unknownNumber++
  counters.packetsReceived += recording?.stored?.packetsReceived ?? 0
  counters.packetsLost += recording?.stored?.packetsLost ?? 0
}
