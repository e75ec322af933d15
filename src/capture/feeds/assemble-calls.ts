/**
 * Calls out of their legs, which come in any order, in parts, and late. In: records as they are read, each with what is
 * to be done when its call is in the register. Out: whole calls, once nothing more has come of them for a while. Never
 * here: a leg that is forgotten (whoever follows a file keeps its place until `taken`).
 */
import type { DetailRecord } from './detail-record.ts'
import { areOver, legsOfEvents } from './legs-of-events.ts'

/** All that has been told of one call. */
export interface ToldCall {
  readonly callId: string
  readonly legs: readonly DetailRecord[]
  /** Parts of which no end has come, for longer than any call lasts. */
  readonly isUnfinished: boolean
  /** To be called when the call is in the register, or is known to be none of its calls. */
  taken(): void
}

export interface CallAssembler {
  /** @param taken called when the record's call is dealt with */
  add(record: DetailRecord, nowMs: number, taken: () => void): void
  /** Calls that nothing has come of for `settleMs`. */
  settled(nowMs: number): ToldCall[]
  readonly waiting: number
}

/** A feed that tells of calls which ended so much later has told of this one: what lay unread for days need not wait. */
const behindMs = 600_000
/** No call is longer: one without an end by then never gets one. */
const longestCallMs = 24 * 3_600_000

export function createCallAssembler({ settleMs }: { settleMs: number }): CallAssembler {
  interface Waiting {
    legs: Map<string, DetailRecord>
    lastMs: number
    firstMs: number
    endedMs: number
    taken: (() => void)[]
  }
  const calls = new Map<string, Waiting>()
  let newestEndMs = 0

  return {
    add(record, nowMs, taken) {
      const call = calls.get(record.callId) ?? {
        legs: new Map<string, DetailRecord>(),
        lastMs: 0,
        firstMs: nowMs,
        endedMs: 0,
        taken: [],
      }
      calls.set(record.callId, call)
      const legId = record.repeats ? repeatedLeg(call.legs, record) : record.legId
      const before = call.legs.get(legId)
      call.legs.set(legId, before ? merged(before, record) : { ...record, legId })
      call.lastMs = nowMs
      call.endedMs = Math.max(call.endedMs, (record.endedAt ?? record.event?.at)?.epochMilliseconds ?? 0)
      newestEndMs = Math.max(newestEndMs, Math.min(call.endedMs, nowMs))
      call.taken.push(taken)
    },
    settled(nowMs) {
      const ready: ToldCall[] = []
      for (const [callId, call] of calls) {
        const isBehind = call.endedMs > 0 && newestEndMs - call.endedMs > Math.max(behindMs, settleMs)
        if (nowMs - call.lastMs < settleMs && !isBehind) continue
        const told = [...call.legs.values()]
        const events = told.flatMap(({ event }) => (event ? [event] : []))
        if (events.length > 0 && !areOver(callId, events) && nowMs - call.firstMs < longestCallMs) continue
        const legs = events.length > 0 ? legsOfEvents(callId, told) : told
        const isWhole =
          legs.every((leg) => leg.startedAt && leg.endedAt && leg.called !== undefined) &&
          (events.length === 0 || areOver(callId, events))
        if (!isWhole && nowMs - call.firstMs < longestCallMs) continue
        calls.delete(callId)
        ready.push({
          callId,
          legs,
          isUnfinished: !isWhole,
          taken: () => {
            for (const taken of call.taken) taken()
          },
        })
      }
      return ready
    },
    get waiting() {
      return calls.size
    },
  }
}

/** Id of the leg that a record tells of, where one id may begin again: the first unless a later one is meant. */
function repeatedLeg(legs: ReadonlyMap<string, DetailRecord>, { legId, answeredAt, endedAt }: DetailRecord): string {
  for (let n = 1, id = legId; ; id = `${legId} ${++n}`) {
    const before = legs.get(id)
    const begins = answeredAt && before && isAfter(answeredAt, before.answeredAt ?? before.endedAt)
    const ends = !answeredAt && legs.has(`${legId} ${n + 1}`) && isAfter(endedAt, before?.endedAt)
    if (!begins && !ends) return id
  }
}

/** What one part tells and the other does not; where both do, the earlier start and the later end. */
function merged(one: DetailRecord, other: DetailRecord): DetailRecord {
  const earlier = earliest(one.startedAt, other.startedAt)
  const answered = earliest(one.answeredAt, other.answeredAt)
  const ended = latest(one.endedAt, other.endedAt)
  return {
    ...one,
    ...other,
    legId: one.legId,
    sharedIds: [...new Set([...one.sharedIds, ...other.sharedIds])],
    ...(earlier && { startedAt: earlier }),
    ...(answered && { answeredAt: answered }),
    ...(ended && { endedAt: ended }),
  }
}

type MaybeInstant = Temporal.Instant | undefined
const earliest = (one: MaybeInstant, other: MaybeInstant) =>
  one && other ? (Temporal.Instant.compare(one, other) <= 0 ? one : other) : (one ?? other)
const isAfter = (one: MaybeInstant, other: MaybeInstant) =>
  one !== undefined && other !== undefined && Temporal.Instant.compare(one, other) > 0
const latest = (one: MaybeInstant, other: MaybeInstant) =>
  one && other ? (Temporal.Instant.compare(one, other) >= 0 ? one : other) : (one ?? other)
