import type { SegmentFacts } from '#register/admit.ts'

export interface RecorderCounters {
  offered: number
  recorded: number
  historyOnly: number
  refused: number
  /** Sessions of the previous process that continue here. */
  resumed: number
  /** Failovers: sessions that ended or fell silent while their call continued in another one. */
  movedOn: number
  /** Entered sessions to a number that the description does not have (R7). */
  unknownNumber: number
  /** Entered sessions with a doubt: who is who, or whose voice is where. */
  needsReview: number
  endsInferred: number
  /** Of finished recordings. */
  packetsReceived: number
  packetsLost: number
}

export function noRecorderCounts(): RecorderCounters {
  return {
    ...{ offered: 0, recorded: 0, historyOnly: 0, refused: 0, resumed: 0, movedOn: 0 },
    ...{ unknownNumber: 0, needsReview: 0, endsInferred: 0, packetsReceived: 0, packetsLost: 0 },
  }
}

/** Counts noted facts. `isFirst`: noted for the first time. */
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
