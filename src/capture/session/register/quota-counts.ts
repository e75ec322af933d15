import type { QuotaUsed } from '#description/decide-recording.ts'
import { localTime } from '#description/local-time.ts'
import type { SegmentFacts } from '#register/admit.ts'

/** A recording counted in a quota. */
export interface CountedRecording {
  segmentId: string
  ruleId: string
  officialId: string | null
  number: string
  answeredAt: Temporal.Instant
}

/** Number of recordings in the register that are not counted individually by this process. */
export interface QuotaTally {
  ruleId: string
  officialId: string | null
  number: string
  recorded: number
}

export interface QuotaCounts {
  /** Returns the quota use that decideRecording needs for a call answered at an instant. */
  used(answeredAt: Temporal.Instant): QuotaUsed
  /** Counts a segment that is recorded under a quota; ignores any other. */
  count(facts: SegmentFacts): void
  /** Counts a recording that an earlier process has counted. */
  countAgain(recording: CountedRecording): void
  /** Removes a segment that was not recorded after all and is not in the register. */
  forget(segmentId: string): void
  /** Applies the outcome of an admission. A duplicate of another node's segment is removed, because `setRegisterTallies` counts that one. */
  admitted(facts: SegmentFacts, isEntered: boolean): void
  /** Replaces the register's numbers for the week of an instant. They must not include the recordings in `known`. */
  setRegisterTallies(week: Temporal.Instant, tallies: readonly QuotaTally[]): void
  /** Recordings of this and the previous week that this process has counted individually. */
  readonly known: readonly CountedRecording[]
}

/**
 * Counts recordings by rule, week and official or number (R14). A call is counted when it is decided, so that simultaneous
 * calls do not use the last place in a quota twice. Recordings of other processes are added by `setRegisterTallies`.
 */
export function createQuotaCounts(onChange: () => void = () => undefined): QuotaCounts {
  const known = new Map<string, CountedRecording>()
  const counted = new Map<string, number>()
  const registerTallies = new Map<number, Map<string, number>>()

  function countOne(recording: CountedRecording, by: 1 | -1): void {
    for (const key of keysOf(recording)) add(counted, `${weekOf(recording.answeredAt)} ${key}`, by)
  }

  function countAgain(recording: CountedRecording): void {
    if (known.has(recording.segmentId)) return
    known.set(recording.segmentId, recording)
    countOne(recording, 1)
    onChange()
  }

  function forget(segmentId: string): void {
    const recording = known.get(segmentId)
    if (!recording) return
    known.delete(segmentId)
    countOne(recording, -1)
    onChange()
  }

  function count(facts: SegmentFacts): void {
    const recording = countedRecording(facts)
    if (recording) countAgain(recording)
  }

  return {
    used(answeredAt) {
      const week = weekOf(answeredAt)
      return ({ id }, of) => {
        const key = 'official' in of ? officialKey(id, of.official) : numberKey(id, of.number)
        return (counted.get(`${week} ${key}`) ?? 0) + (registerTallies.get(week)?.get(key) ?? 0)
      }
    },
    count,
    countAgain,
    forget,
    admitted(facts, isEntered) {
      if (isEntered) count(facts)
      else forget(facts.segmentId)
    },
    setRegisterTallies(at, tallies) {
      const week = weekOf(at)
      const sums = new Map<string, number>()
      for (const tally of tallies) for (const key of keysOf(tally)) add(sums, key, tally.recorded)
      registerTallies.set(week, sums)
      for (const old of registerTallies.keys()) if (old < week - 1) registerTallies.delete(old)
      for (const { segmentId, answeredAt } of known.values()) if (weekOf(answeredAt) < week - 1) forget(segmentId)
    },
    get known() {
      return [...known.values()]
    },
  }
}

function countedRecording({ segmentId, decision, answeredAt, official, numberReached }: SegmentFacts) {
  if (!decision.record || decision.quotaUsed === undefined || decision.ruleId === undefined || !answeredAt)
    return undefined
  const officialId = official?.personId ?? null
  return { segmentId, ruleId: decision.ruleId, officialId, number: numberReached.key, answeredAt }
}

function keysOf({ ruleId, officialId, number }: Pick<QuotaTally, 'ruleId' | 'officialId' | 'number'>): string[] {
  return [numberKey(ruleId, number), ...(officialId === null ? [] : [officialKey(ruleId, officialId)])]
}

const numberKey = (ruleId: string, number: string) => `${ruleId} number ${number}`
const officialKey = (ruleId: string, officialId: string) => `${ruleId} official ${officialId}`
const weekOf = (at: Temporal.Instant) => localTime(at.epochMilliseconds).week

function add(sums: Map<string, number>, key: string, by: number): void {
  sums.set(key, (sums.get(key) ?? 0) + by)
}
