import type { QuotaUsed } from '#description/decide-recording.ts'
import { localTime } from '#description/local-time.ts'
import type { SegmentFacts } from '#register/admit.ts'

/** A recording that a quota has counted. */
export interface CountedRecording {
  segmentId: string
  ruleId: string
  officialId: string | null
  number: string
  answeredAt: Temporal.Instant
}

/** Recordings that the register holds and this process does not know one by one. */
export interface QuotaTally {
  ruleId: string
  officialId: string | null
  number: string
  recorded: number
}

export interface QuotaCounts {
  /** What decideRecording asks about a call answered at an instant. */
  used(answeredAt: Temporal.Instant): QuotaUsed
  /** Counts a segment whose decision a quota has judged and let pass; any other is left alone. */
  count(facts: SegmentFacts): void
  /** Counts what an earlier process had counted. */
  countAgain(recording: CountedRecording): void
  /** The segment came to nothing and is not in the register. */
  forget(segmentId: string): void
  /** What its admission came to: one that stands beside another node's is counted with that, by `learn`. */
  admitted(facts: SegmentFacts, isEntered: boolean): void
  /** What the register holds of the week that an instant lies in, without those that are known here. */
  learn(week: Temporal.Instant, tallies: readonly QuotaTally[]): void
  /** Those known here, of this week and the last. */
  readonly known: readonly CountedRecording[]
}

/**
 * Counts recordings by rule, week and official or number (R14). A call is counted when it is decided, so that calls which
 * come at the same moment do not share the last place; those that other processes recorded come by `learn`.
 */
export function createQuotaCounts(onChange: () => void = () => undefined): QuotaCounts {
  const known = new Map<string, CountedRecording>()
  const counted = new Map<string, number>()
  const learned = new Map<number, Map<string, number>>()

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
        return (counted.get(`${week} ${key}`) ?? 0) + (learned.get(week)?.get(key) ?? 0)
      }
    },
    count,
    countAgain,
    forget,
    admitted(facts, isEntered) {
      if (isEntered) count(facts)
      else forget(facts.segmentId)
    },
    learn(at, tallies) {
      const week = weekOf(at)
      const sums = new Map<string, number>()
      for (const tally of tallies) for (const key of keysOf(tally)) add(sums, key, tally.recorded)
      learned.set(week, sums)
      for (const old of learned.keys()) if (old < week - 1) learned.delete(old)
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
