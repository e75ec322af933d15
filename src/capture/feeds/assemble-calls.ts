/**
 * Assembles calls from records of legs, which arrive in any order, in parts, and late. Returns a call once no record of it has
 * arrived for `settleMs`. No leg is lost: a reader stores its position in a file only after `acknowledge` was called.
 */
import { omitNullish } from '#platform/omit-nullish.ts'
import type { DetailRecord } from './detail-record.ts'
import { legsOfChannels } from './legs-of-channels.ts'
import { hasCallEnded, legsOfEvents } from './legs-of-events.ts'

/** A call with all legs that records report. */
export interface ReportedCall {
  readonly callId: string
  readonly legs: readonly DetailRecord[]
  /** Ids of all calls whose records contribute legs: its own, transferred ones, and others in its conferences. */
  readonly reportedBy: readonly string[]
  /** True if a leg has no end after the longest duration of a call. */
  readonly isUnfinished: boolean
  /** Call this when the call is in the register, or is found not to belong to it. */
  acknowledge(): void
}

export interface CallAssembler {
  /**
   * Adds a record.
   * @param acknowledge called when the record's call is processed completely
   */
  add(record: DetailRecord, nowMs: number, acknowledge: () => void): void
  /** Returns calls without a new record for `settleMs`. */
  settled(nowMs: number): ReportedCall[]
  readonly waiting: number
}

/** A call is complete if the feed already reports calls that ended this much later: a backlog of old records need not wait. */
const behindMs = 600_000
/** Longest duration of a call. After this time no missing end is expected. */
const maxCallMs = 24 * 3_600_000
/** Longest time between the end of a leg and the answer of the party to whom it was transferred. */
const maxRingingMs = 300_000

/** Maximum number of calls in a group. The work is quadratic, and real calls in a contact centre have fewer related calls. */
const maxBatch = 32
/**
 * Maximum number of groups kept after they were returned (conferences, and calls that may still be transferred). The oldest are
 * dropped first.
 */
const maxRemembered = 1000

/** Records of one call, or of several calls whose records refer to each other, as in a consultation or a conference. */
interface Group {
  /** Records by call id and leg id. */
  readonly calls: Map<string, Map<string, DetailRecord>>
  readonly knownAs: Set<string>
  readonly refersTo: Set<string>
  /** Values of `partyKey` and `transferredByKey` in these records. */
  readonly linkKeys: Set<string>
  lastMs: number
  firstMs: number
  endedMs: number
  acknowledgements: (() => void)[]
  /** Summaries of the calls already returned, by call id, for conferences, to which later records may belong. */
  readonly summaries: Map<string, string>
}

export function createCallAssembler({ settleMs }: { settleMs: number }): CallAssembler {
  const groups = new Map<string, Group>()
  /** Groups with records that were not returned yet. */
  const open = new Set<Group>()
  /** Groups already returned that later records may still change: conferences, and calls that may be transferred. */
  const reported = new Set<Group>()
  /** Call ids by the ids in `knownAs`, and by the ids in `refersTo`. */
  const callIdByAlias = new Map<string, string>()
  const callIdByReference = new Map<string, string>()
  /** Call ids by `partyKey` (caller and official), and by `transferredByKey` (caller and who transferred the call). */
  const byPartyKey = new Map<string, Set<string>>()
  const byTransferredByKey = new Map<string, Set<string>>()
  let newestEndMs = 0

  /** Returns the group of a record's call. Merges it with the groups that the record refers to or that refer to the record. */
  function groupOf(record: DetailRecord, nowMs: number): Group {
    const { callId, knownAs = [], refersTo = [], partyKey, transferredByKey } = record
    const group = groups.get(callId) ?? emptyGroup(nowMs)
    groups.set(callId, group)
    for (const id of knownAs) {
      group.knownAs.add(id)
      callIdByAlias.set(id, callId)
    }
    for (const id of refersTo) group.refersTo.add(id)
    indexIds(byPartyKey, partyKey, callId)
    indexIds(byTransferredByKey, transferredByKey, callId)
    for (const name of [partyKey, transferredByKey]) if (name !== undefined) group.linkKeys.add(name)
    const others = [
      ...knownAs.map((id) => callIdByReference.get(id)),
      ...refersTo.map((id) => callIdByAlias.get(id) ?? callIdByReference.get(id)),
      ...callIdsUnder(byPartyKey, transferredByKey),
      ...callIdsUnder(byTransferredByKey, partyKey),
    ]
    for (const id of refersTo) callIdByReference.set(id, callId)
    for (const other of others) if (other !== undefined) mergeGroups(group, groups.get(other))
    return group
  }

  function mergeGroups(group: Group, other: Group | undefined): void {
    if (!other || other === group || Math.max(group.calls.size, 1) + other.calls.size > maxBatch) return
    open.delete(other)
    reported.delete(other)
    for (const [callId, legs] of other.calls) {
      group.calls.set(callId, legs)
      groups.set(callId, group)
    }
    for (const id of other.knownAs) group.knownAs.add(id)
    for (const id of other.refersTo) group.refersTo.add(id)
    for (const name of other.linkKeys) group.linkKeys.add(name)
    group.acknowledgements.push(...other.acknowledgements)
    group.lastMs = Math.max(group.lastMs, other.lastMs)
    group.firstMs = Math.min(group.firstMs, other.firstMs)
    group.endedMs = Math.max(group.endedMs, other.endedMs)
    for (const [callId, summary] of other.summaries) group.summaries.set(callId, summary)
  }

  /** Returns the legs in which the caller spoke with the party that transferred this leg, if they were in progress at that time. */
  function legsBefore(leg: DetailRecord): DetailRecord[] | 'many' {
    const ids = byPartyKey.get(leg.transferredByKey ?? '')
    if (!ids || !leg.answeredAt) return []
    if (ids.size > maxBatch) return 'many'
    const rangAt = leg.answeredAt.subtract({ milliseconds: maxRingingMs })
    return [...ids]
      .flatMap((id) => [...(groups.get(id)?.calls.get(id)?.values() ?? [])])
      .filter(({ partyKey }) => partyKey === leg.transferredByKey)
      .filter(({ answeredAt, endedAt }) => isAfter(leg.answeredAt, answeredAt) && !isAfter(rangAt, endedAt))
  }

  function forget(group: Group): void {
    open.delete(group)
    reported.delete(group)
    for (const name of group.linkKeys) for (const ids of [byPartyKey, byTransferredByKey]) forgetCalls(ids, name, group)
    for (const callId of group.calls.keys()) groups.delete(callId)
    for (const [ids, all] of [
      [callIdByAlias, group.knownAs],
      [callIdByReference, group.refersTo],
    ] as const)
      for (const id of all) if (group.calls.has(ids.get(id) ?? '')) ids.delete(id)
  }

  return {
    add(record, nowMs, acknowledge) {
      const group = groupOf(record, nowMs)
      reported.delete(group)
      open.add(group)
      const legs = group.calls.get(record.callId) ?? new Map<string, DetailRecord>()
      group.calls.set(record.callId, legs)
      const legId = record.repeats ? repeatedLeg(legs, record) : legOf(legs, record)
      const earlier = legs.get(legId)
      legs.set(legId, earlier ? merged(earlier, record) : { ...record, legId })
      group.lastMs = nowMs
      group.endedMs = Math.max(group.endedMs, (record.endedAt ?? record.event?.at)?.epochMilliseconds ?? 0)
      newestEndMs = Math.max(newestEndMs, Math.min(group.endedMs, nowMs))
      group.acknowledgements.push(acknowledge)
    },
    settled(nowMs) {
      const ready: ReportedCall[] = []
      for (const group of reported)
        if (nowMs - group.lastMs >= (isOfConference(group) ? maxCallMs : behindMs)) forget(group)
      for (const group of open) {
        const isOverdue = group.endedMs > 0 && newestEndMs - group.endedMs > Math.max(behindMs, settleMs)
        if (nowMs - group.lastMs < settleMs && !isOverdue) continue
        const isLast = nowMs - group.firstMs >= maxCallMs
        const { calls, unfinished, reportedBy } = callsOf(group, isLast, legsBefore)
        if (unfinished.size > 0 && !isLast) continue
        const news = [...calls].filter(([callId, legs]) => group.summaries.get(callId) !== summaryOf(legs))
        const acknowledgements = group.acknowledgements
        let left = news.length
        const acknowledge = () => {
          if (--left <= 0) for (const one of acknowledgements) one()
        }
        const all = [...group.calls.keys()]
        for (const [callId, legs] of news) {
          const reported = { callId, legs, reportedBy: reportedBy?.get(callId) ?? all }
          ready.push({ ...reported, isUnfinished: unfinished.has(callId), acknowledge })
        }
        if (news.length === 0) acknowledge()
        if (isOfConference(group) || [...group.calls.values()].some(mayBeTransferred)) {
          open.delete(group)
          reported.add(group)
          const [oldest] = reported
          if (oldest && reported.size > maxRemembered) forget(oldest)
          group.acknowledgements = []
          if (isOfConference(group)) for (const [callId, legs] of news) group.summaries.set(callId, summaryOf(legs))
        } else forget(group)
      }
      return ready
    },
    get waiting() {
      return open.size
    },
  }
}

function emptyGroup(nowMs: number): Group {
  return {
    ...{ calls: new Map(), knownAs: new Set(), refersTo: new Set(), linkKeys: new Set() },
    ...{ lastMs: 0, firstMs: nowMs, endedMs: 0, acknowledgements: [], summaries: new Map() },
  }
}

interface GroupCalls {
  /** Legs of each call of a group, by call id. */
  calls: Map<string, readonly DetailRecord[]>
  /** Ids of calls of which records are still missing. */
  unfinished: Set<string>
  /** Ids of the calls whose records contribute to each call; default: all calls of the group. */
  reportedBy?: Map<string, string[]>
}

/**
 * Returns the calls of a group.
 * @param isLast true to return incomplete calls too, because their missing records are no longer expected
 */
function callsOf(group: Group, isLast: boolean, legsBefore: LegsBefore): GroupCalls {
  const records = [...group.calls.values()].flatMap((legs) => [...legs.values()])
  if (records.some(({ event }) => event)) return callsOfEvents(group, records, isLast)
  if (records.some(({ channel }) => channel)) return callsOfChannels(group, records)
  const joined = new Map(records.flatMap(({ knownAs = [], endedAt }) => knownAs.map((id) => [id, endedAt] as const)))
  const firstOf = createCallIdResolver(group, legsBefore)
  const calls = new Map<string, DetailRecord[]>()
  const reportedBy = new Map<string, string[]>()
  for (const leg of records) {
    const id = firstOf(leg)
    const own = id === leg.callId ? {} : { callId: id, legId: `${leg.callId} ${leg.legId}` }
    // The first party in a conference speaks with another from the instant at which the other joins.
    const spokeFrom = latest(leg.answeredAt, joined.get(leg.refersTo?.find(isConference) ?? ''))
    const legs = calls.get(id) ?? []
    calls.set(id, legs)
    reportedBy.set(id, [...new Set([...(reportedBy.get(id) ?? []), leg.callId])])
    legs.push({ ...leg, ...own, ...(leg.answeredAt && spokeFrom && { answeredAt: spokeFrom }) })
  }
  const whole = new Map([...calls].map(([id, legs]) => [id, withoutStrayEnds(legs)]))
  return { calls: whole, unfinished: incompleteCallIds(whole), reportedBy }
}

function callsOfEvents(group: Group, records: readonly DetailRecord[], isLast: boolean): GroupCalls {
  const running = [...group.calls].filter(([id, own]) => {
    const events = [...own.values()].flatMap(({ event }) => (event ? [event] : []))
    return !hasCallEnded(id, events)
  })
  const unfinished = new Set(running.map(([id]) => id))
  if (unfinished.size > 0 && !isLast) return { calls: new Map(), unfinished }
  const calls = new Map(
    [...group.calls].map(([id, own]) => {
      const others = records.filter((record) => record.callId !== id)
      return [id, legsOfEvents(id, [...own.values()], others)]
    }),
  )
  return { calls, unfinished: new Set([...unfinished, ...incompleteCallIds(calls)]) }
}

function callsOfChannels(group: Group, records: readonly DetailRecord[]): GroupCalls {
  const calls = legsOfChannels(records)
  if (calls.size > 0) return { calls, unfinished: incompleteCallIds(calls) }
  // Only outgoing channels so far: the record of the channel that they were made for may still be missing.
  const [callId = ''] = group.calls.keys()
  const isWaiting = records.some(({ channel }) => channel?.originatedFor.some((id) => !group.knownAs.has(id)))
  return { calls: new Map([[callId, []]]), unfinished: new Set(isWaiting ? [callId] : []) }
}

type LegsBefore = (leg: DetailRecord) => readonly DetailRecord[] | 'many'

/**
 * Returns a function from a leg to the id of its call: after one or more transfers the first call, otherwise its own call. If
 * several calls are possible, for example because two callers have the same number, the function returns the leg's own call.
 */
function createCallIdResolver(group: Group, legsBefore: LegsBefore): (leg: DetailRecord) => string {
  const firsts = new Map<DetailRecord, string>()
  return function firstOf(leg: DetailRecord): string {
    const known = firsts.get(leg)
    if (known !== undefined) return known
    const candidates = legsBefore(leg)
    const areInGroup = candidates !== 'many' && candidates.every(({ callId }) => group.calls.has(callId))
    const calls = new Set(areInGroup ? candidates.map(firstOf) : [])
    const [first] = calls
    const id = first !== undefined && calls.size === 1 ? first : leg.callId
    firsts.set(leg, id)
    return id
  }
}

const isComplete = (leg: DetailRecord) => leg.startedAt && leg.endedAt && leg.called !== undefined

/** Drops ends of legs without a beginning, if the call has a complete leg: anybody can send a BYE with the call's id. */
function withoutStrayEnds(legs: readonly DetailRecord[]): readonly DetailRecord[] {
  if (!legs.some(isComplete)) return legs
  return legs.filter(({ startedAt, answeredAt }) => startedAt !== undefined || answeredAt !== undefined)
}

function incompleteCallIds(calls: ReadonlyMap<string, readonly DetailRecord[]>): Set<string> {
  return new Set([...calls].filter(([, legs]) => !legs.every(isComplete)).map(([callId]) => callId))
}

/** Returns a text of all facts that the register stores. If it is unchanged, the call need not be returned again. */
function summaryOf(legs: readonly DetailRecord[]): string {
  return legs
    .map(({ legId, official, answeredAt, endedAt }) => [legId, official, answeredAt, endedAt].map(String).join())
    .join('\n')
}

const isConference = (id: string) => id.startsWith('conference:')
const isOfConference = ({ refersTo, knownAs }: Group) => [...refersTo, ...knownAs].some(isConference)
const mayBeTransferred = (legs: ReadonlyMap<string, DetailRecord>) =>
  [...legs.values()].some(({ partyKey }) => partyKey !== undefined)

type Ids = Map<string, Set<string>>

function indexIds(ids: Ids, key: string | undefined, callId: string): void {
  if (key !== undefined) ids.set(key, (ids.get(key) ?? new Set()).add(callId))
}

function forgetCalls(ids: Ids, name: string, group: Group): void {
  const calls = ids.get(name)
  for (const callId of group.calls.keys()) calls?.delete(callId)
  if (calls?.size === 0) ids.delete(name)
}

/** Returns the call ids with a key; none if there are too many to distinguish. */
function callIdsUnder(ids: Ids, key: string | undefined): Iterable<string> {
  const calls = ids.get(key ?? '')
  return calls && calls.size <= maxBatch ? calls : []
}

/** Returns the leg id of a record; with a number appended if that id is a leg of another call that has the same call id. */
function legOf(legs: ReadonlyMap<string, DetailRecord>, record: DetailRecord): string {
  const { legId, event, channel } = record
  for (let n = 1, id = legId; ; id = `${legId} ${++n}`) {
    const known = legs.get(id)
    if (!known || event || channel || !areDifferentLegs(known, record)) return id
  }
}

/**
 * Returns true if two complete legs cannot be the same: one begins after the other has ended, or both callers and officials
 * differ.
 */
function areDifferentLegs(one: DetailRecord, other: DetailRecord): boolean {
  if (!isComplete(one) || !isComplete(other)) return false
  const differ = (name: 'caller' | 'official') =>
    one[name] !== undefined && other[name] !== undefined && one[name] !== other[name]
  const areDisjoint = isAfter(other.startedAt, one.endedAt) || isAfter(one.startedAt, other.endedAt)
  return areDisjoint || (differ('caller') && differ('official'))
}

/** Returns the leg id of a record whose id can occur several times in a call; with a number appended from the second time on. */
function repeatedLeg(legs: ReadonlyMap<string, DetailRecord>, { legId, answeredAt, endedAt }: DetailRecord): string {
  for (let n = 1, id = legId; ; id = `${legId} ${++n}`) {
    const before = legs.get(id)
    const begins = answeredAt && before && isAfter(answeredAt, before.answeredAt ?? before.endedAt)
    const ends = !answeredAt && legs.has(`${legId} ${n + 1}`) && isAfter(endedAt, before?.endedAt)
    if (!begins && !ends) return id
  }
}

/**
 * Merges two records of a leg: the earlier start, the later end, and values of both. If both have an answer, values of the
 * earlier one take precedence, because the later one may be a re-INVITE for hold, which either party can send.
 */
function merged(one: DetailRecord, other: DetailRecord): DetailRecord {
  return {
    ...(isAfter(other.answeredAt, one.answeredAt) ? { ...other, ...one } : { ...one, ...other }),
    legId: one.legId,
    sharedIds: [...new Set([...one.sharedIds, ...other.sharedIds])],
    ...omitNullish({
      startedAt: earliest(one.startedAt, other.startedAt),
      answeredAt: earliest(one.answeredAt, other.answeredAt),
      endedAt: latest(one.endedAt, other.endedAt),
    }),
  }
}

type MaybeInstant = Temporal.Instant | undefined
const earliest = (one: MaybeInstant, other: MaybeInstant) =>
  one && other ? (Temporal.Instant.compare(one, other) <= 0 ? one : other) : (one ?? other)
const isAfter = (one: MaybeInstant, other: MaybeInstant) =>
  one !== undefined && other !== undefined && Temporal.Instant.compare(one, other) > 0
const latest = (one: MaybeInstant, other: MaybeInstant) =>
  one && other ? (Temporal.Instant.compare(one, other) >= 0 ? one : other) : (one ?? other)
