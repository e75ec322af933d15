export interface RecorderCounters {
  offered: number
  recorded: number
  historyOnly: number
  refused: number
  /** Sessions of the process before this one that go on here. */
  resumed: number
  /** Entered sessions to a number that the description does not know (R7). */
  unknownNumber: number
  /** Entered sessions of which something stays in doubt: who is who, or whose voice is where. */
  needsReview: number
  endsInferred: number
  /** Of finished recordings. */
  packetsReceived: number
  packetsLost: number
}

export function noRecorderCounts(): RecorderCounters {
  return {
    ...{ offered: 0, recorded: 0, historyOnly: 0, refused: 0, resumed: 0 },
    ...{ unknownNumber: 0, needsReview: 0, endsInferred: 0, packetsReceived: 0, packetsLost: 0 },
  }
}
