/**
 * Assembles calls from their legs, which arrive in any order, in parts, and late. Returns a call once no record of it has
 * arrived for a while. No leg is lost: whoever follows a file keeps its position until `taken` is called.
 */
import { given } from '#platform/given.ts'
import type { DetailRecord } from './detail-record.ts'
import { legsOfChannels } from './legs-of-channels.ts'
import { haveEnded, legsOfEvents } from './legs-of-events.ts'

/** All that the records report of one call. */
export interface ReportedCall {
  readonly callId: string
  readonly legs: readonly DetailRecord[]
  /** Ids of all calls whose records contribute to it: its own, those that were passed on, and those that it met. */
  readonly reportedBy: readonly string[]
  /** Parts without an end, for longer than any call lasts. */
  readonly isUnfinished: boolean
  /** Call it when the call is in the register, or is known to be none of its calls. */
  taken(): void
}

export interface CallAssembler {
  /**
   * Adds a record.
   * @param taken called when the record's call is dealt with
   */
  add(record: DetailRecord, nowMs: number, taken: () => void): void
  /** Returns calls without a new record for `settleMs`. */
  settled(nowMs: number): ReportedCall[]
  readonly waiting: number
}

/** A feed that reports calls which ended this much later is past this one: old, unread records need not wait. */
const behindMs = 600_000
/** Longest call; one without an end by then never gets one. */
const maxCallMs = 24 * 3_600_000
/** Longest ringing at the next party after the leg before has ended. */
const ringsMs = 300_000

/** Largest group: work is quadratic, and no call of a contact centre meets so many others. */
const maxBatch = 32
/**
 * Most conferences, and calls that may still be passed on, that are kept after they were returned; the oldest are dropped
 * first.
 */
const maxRemembered = 1000

/** Records of one call, or of several whose records refer to each other: a consultation, a conference. */
interface Group {
  /** By call id. */
  readonly calls: Map<string, Map<string, DetailRecord>>
  readonly knownAs: Set<string>
  readonly refersTo: Set<string>
  /** Callers and officials in these calls, or who passed them on. */
  readonly names: Set<string>
  lastMs: number
  firstMs: number
  endedMs: number
  taken: (() => void)[]
  /** Segments already returned for each call of a conference to which other records may still belong. */
  readonly records: Map<string, string>
}

export function createCallAssembler({ settleMs }: { settleMs: number }): CallAssembler {
  const groups = new Map<string, Group>()
  /** Groups not returned yet. */
  const open = new Set<Group>()
  /** Groups returned, whose conferences may still get records. */
  const reported = new Set<Group>()
  /** Call ids, by the ids that they are known as, and by those that they refer to. */
  const known = new Map<string, string>()
  const wanted = new Map<string, string>()
  /** Ids of the calls in which an official was with a caller, and of those that one passed on: by both parties. */
  const withOfficial = new Map<string, Set<string>>()
  const passedOn = new Map<string, Set<string>>()
  let newestEndMs = 0

  /** Returns the group of a record's call, merged with those of all that it refers to and that refer to it. */
  function groupOf(record: DetailRecord, nowMs: number): Group {
    const { callId, knownAs = [], refersTo = [], passesOn, passedOnBy } = record
    const group = groups.get(callId) ?? emptyGroup(nowMs)
    groups.set(callId, group)
    for (const id of knownAs) {
      group.knownAs.add(id)
      known.set(id, callId)
    }
    for (const id of refersTo) group.refersTo.add(id)
    indexIds(withOfficial, passesOn, callId)
    indexIds(passedOn, passedOnBy, callId)
    for (const name of [passesOn, passedOnBy]) if (name !== undefined) group.names.add(name)
    const others = [
      ...knownAs.map((id) => wanted.get(id)),
      ...refersTo.map((id) => known.get(id) ?? wanted.get(id)),
      ...few(withOfficial, passedOnBy),
      ...few(passedOn, passesOn),
    ]
    for (const id of refersTo) wanted.set(id, callId)
    for (const other of others) if (other !== undefined) unite(group, groups.get(other))
    return group
  }

  function unite(group: Group, other: Group | undefined): void {
    if (!other || other === group || Math.max(group.calls.size, 1) + other.calls.size > maxBatch) return
    open.delete(other)
    reported.delete(other)
    for (const [callId, legs] of other.calls) {
      group.calls.set(callId, legs)
      groups.set(callId, group)
    }
    for (const id of other.knownAs) group.knownAs.add(id)
    for (const id of other.refersTo) group.refersTo.add(id)
    for (const name of other.names) group.names.add(name)
    group.taken.push(...other.taken)
    group.lastMs = Math.max(group.lastMs, other.lastMs)
    group.firstMs = Math.min(group.firstMs, other.firstMs)
    group.endedMs = Math.max(group.endedMs, other.endedMs)
    for (const [callId, summary] of other.records) group.records.set(callId, summary)
  }

  /** Returns the calls in which the caller was with the party that passed this leg on, at that time. */
  function before(leg: DetailRecord): DetailRecord[] | 'many' {
    const ids = withOfficial.get(leg.passedOnBy ?? '')
    if (!ids || !leg.answeredAt) return []
    if (ids.size > maxBatch) return 'many'
    const rangAt = leg.answeredAt.subtract({ milliseconds: ringsMs })
    return [...ids]
      .flatMap((id) => [...(groups.get(id)?.calls.get(id)?.values() ?? [])])
      .filter(({ passesOn }) => passesOn === leg.passedOnBy)
      .filter(({ answeredAt, endedAt }) => isAfter(leg.answeredAt, answeredAt) && !isAfter(rangAt, endedAt))
  }

  function forget(group: Group): void {
    open.delete(group)
    reported.delete(group)
    for (const name of group.names) for (const ids of [withOfficial, passedOn]) forgetCalls(ids, name, group)
    for (const callId of group.calls.keys()) groups.delete(callId)
    for (const [ids, all] of [
      [known, group.knownAs],
      [wanted, group.refersTo],
    ] as const)
      for (const id of all) if (group.calls.has(ids.get(id) ?? '')) ids.delete(id)
  }

  return {
    add(record, nowMs, taken) {
      const group = groupOf(record, nowMs)
      reported.delete(group)
      open.add(group)
      const legs = group.calls.get(record.callId) ?? new Map<string, DetailRecord>()
      group.calls.set(record.callId, legs)
      const legId = record.repeats ? repeatedLeg(legs, record) : legOf(legs, record)
      const before = legs.get(legId)
      legs.set(legId, before ? merged(before, record) : { ...record, legId })
      group.lastMs = nowMs
      group.endedMs = Math.max(group.endedMs, (record.endedAt ?? record.event?.at)?.epochMilliseconds ?? 0)
      newestEndMs = Math.max(newestEndMs, Math.min(group.endedMs, nowMs))
      group.taken.push(taken)
    },
    settled(nowMs) {
      const ready: ReportedCall[] = []
      for (const group of reported)
        if (nowMs - group.lastMs >= (isOfConference(group) ? maxCallMs : behindMs)) forget(group)
      for (const group of open) {
        const isBehind = group.endedMs > 0 && newestEndMs - group.endedMs > Math.max(behindMs, settleMs)
        if (nowMs - group.lastMs < settleMs && !isBehind) continue
        const isLast = nowMs - group.firstMs >= maxCallMs
        const { calls, unfinished, reportedBy } = callsOf(group, isLast, before)
        if (unfinished.size > 0 && !isLast) continue
        const news = [...calls].filter(([callId, legs]) => group.records.get(callId) !== summaryOf(legs))
        const takens = group.taken
        let left = news.length
        const taken = () => {
          if (--left <= 0) for (const one of takens) one()
        }
        const all = [...group.calls.keys()]
        for (const [callId, legs] of news) {
          const reported = { callId, legs, reportedBy: reportedBy?.get(callId) ?? all }
          ready.push({ ...reported, isUnfinished: unfinished.has(callId), taken })
        }
        if (news.length === 0) taken()
        if (isOfConference(group) || [...group.calls.values()].some(mayBePassedOn)) {
          open.delete(group)
          reported.add(group)
          const [oldest] = reported
          if (oldest && reported.size > maxRemembered) forget(oldest)
          group.taken = []
          if (isOfConference(group)) for (const [callId, legs] of news) group.records.set(callId, summaryOf(legs))
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
    ...{ calls: new Map(), knownAs: new Set(), refersTo: new Set(), names: new Set() },
    ...{ lastMs: 0, firstMs: nowMs, endedMs: 0, taken: [], records: new Map() },
  }
}

interface GroupCalls {
  /** Every call of a group, by its id. */
  calls: Map<string, readonly DetailRecord[]>
  /** Those of them with records still to come. */
  unfinished: Set<string>
  /** Ids of the calls whose records contribute to each call; by default all of the group's. */
  reportedBy?: Map<string, string[]>
}

/** @param isLast true to return what there is, though records are still to come */
function callsOf(group: Group, isLast: boolean, before: Before): GroupCalls {
  const records = [...group.calls.values()].flatMap((legs) => [...legs.values()])
  if (records.some(({ event }) => event)) return callsOfEvents(group, records, isLast)
  if (records.some(({ channel }) => channel)) return callsOfChannels(group, records)
  const joined = new Map(records.flatMap(({ knownAs = [], endedAt }) => knownAs.map((id) => [id, endedAt] as const)))
  const firstOf = firstsOf(group, before)
  const calls = new Map<string, DetailRecord[]>()
  const reportedBy = new Map<string, string[]>()
  for (const leg of records) {
    const id = firstOf(leg)
    const own = id === leg.callId ? {} : { callId: id, legId: `${leg.callId} ${leg.legId}` }
    // In a conference, the first of two parties met the other when the other joined.
    const met = latest(leg.answeredAt, joined.get(leg.refersTo?.find(isConference) ?? ''))
    const legs = calls.get(id) ?? []
    calls.set(id, legs)
    reportedBy.set(id, [...new Set([...(reportedBy.get(id) ?? []), leg.callId])])
    legs.push({ ...leg, ...own, ...(leg.answeredAt && met && { answeredAt: met }) })
  }
  const whole = new Map([...calls].map(([id, legs]) => [id, withoutStrayEnds(legs)]))
  return { calls: whole, unfinished: notWhole(whole), reportedBy }
}

function callsOfEvents(group: Group, records: readonly DetailRecord[], isLast: boolean): GroupCalls {
  const running = [...group.calls].filter(([id, own]) => {
    const events = [...own.values()].flatMap(({ event }) => (event ? [event] : []))
    return !haveEnded(id, events)
  })
  const unfinished = new Set(running.map(([id]) => id))
  if (unfinished.size > 0 && !isLast) return { calls: new Map(), unfinished }
  const calls = new Map(
    [...group.calls].map(([id, own]) => {
      const others = records.filter((record) => record.callId !== id)
      return [id, legsOfEvents(id, [...own.values()], others)]
    }),
  )
  return { calls, unfinished: new Set([...unfinished, ...notWhole(calls)]) }
}

function callsOfChannels(group: Group, records: readonly DetailRecord[]): GroupCalls {
  const calls = legsOfChannels(records)
  if (calls.size > 0) return { calls, unfinished: notWhole(calls) }
  // Outgoing channels only: the channel that they were made for is still to come.
  const [callId = ''] = group.calls.keys()
  const isWaiting = records.some(({ channel }) => channel?.madeFor.some((id) => !group.knownAs.has(id)))
  return { calls: new Map([[callId, []]]), unfinished: new Set(isWaiting ? [callId] : []) }
}

type Before = (leg: DetailRecord) => readonly DetailRecord[] | 'many'

/**
 * Returns the call to which a leg belongs that was passed on, once or several times: its own if there are several candidates,
 * as with two parties that show one number.
 */
function firstsOf(group: Group, before: Before): (leg: DetailRecord) => string {
  const firsts = new Map<DetailRecord, string>()
  return function firstOf(leg: DetailRecord): string {
    const known = firsts.get(leg)
    if (known !== undefined) return known
    const candidates = before(leg)
    const isHere = candidates !== 'many' && candidates.every(({ callId }) => group.calls.has(callId))
    const calls = new Set(isHere ? candidates.map(firstOf) : [])
    const [first] = calls
    const id = first !== undefined && calls.size === 1 ? first : leg.callId
    firsts.set(leg, id)
    return id
  }
}

const isWhole = (leg: DetailRecord) => leg.startedAt && leg.endedAt && leg.called !== undefined

/** Drops ends without a beginning: anybody can send a BYE with the id of a call. */
function withoutStrayEnds(legs: readonly DetailRecord[]): readonly DetailRecord[] {
  if (!legs.some(isWhole)) return legs
  return legs.filter(({ startedAt, answeredAt }) => startedAt !== undefined || answeredAt !== undefined)
}

function notWhole(calls: ReadonlyMap<string, readonly DetailRecord[]>): Set<string> {
  return new Set([...calls].filter(([, legs]) => !legs.every(isWhole)).map(([callId]) => callId))
}

/** Changes if what the register has of a call would change. */
function summaryOf(legs: readonly DetailRecord[]): string {
  return legs
    .map(({ legId, official, answeredAt, endedAt }) => [legId, official, answeredAt, endedAt].map(String).join())
    .join('\n')
}

const isConference = (id: string) => id.startsWith('conference:')
const isOfConference = ({ refersTo, knownAs }: Group) => [...refersTo, ...knownAs].some(isConference)
const mayBePassedOn = (legs: ReadonlyMap<string, DetailRecord>) =>
  [...legs.values()].some(({ passesOn }) => passesOn !== undefined)

type Ids = Map<string, Set<string>>

function indexIds(ids: Ids, name: string | undefined, callId: string): void {
  if (name !== undefined) ids.set(name, (ids.get(name) ?? new Set()).add(callId))
}

function forgetCalls(ids: Ids, name: string, group: Group): void {
  const calls = ids.get(name)
  for (const callId of group.calls.keys()) calls?.delete(callId)
  if (calls?.size === 0) ids.delete(name)
}

/** Returns none if they are too many to distinguish. */
function few(ids: Ids, name: string | undefined): Iterable<string> {
  const calls = ids.get(name ?? '')
  return calls && calls.size <= maxBatch ? calls : []
}

/** Returns the id of a record's leg: its own, or another if that one is a leg of an earlier or later call with the same id. */
function legOf(legs: ReadonlyMap<string, DetailRecord>, record: DetailRecord): string {
  const { legId, event, channel } = record
  for (let n = 1, id = legId; ; id = `${legId} ${++n}`) {
    const known = legs.get(id)
    if (!known || event || channel || !isAnotherLeg(known, record)) return id
  }
}

/**
 * Returns true if each record is a whole leg, and one begins after the other has ended, or two callers speak with two
 * officials.
 */
function isAnotherLeg(one: DetailRecord, other: DetailRecord): boolean {
  if (!isWhole(one) || !isWhole(other)) return false
  const differ = (name: 'caller' | 'official') =>
    one[name] !== undefined && other[name] !== undefined && one[name] !== other[name]
  const isApart = isAfter(other.startedAt, one.endedAt) || isAfter(one.startedAt, other.endedAt)
  return isApart || (differ('caller') && differ('official'))
}

/** Returns the id of a record's leg if one id may begin again: the first unless a later one is meant. */
function repeatedLeg(legs: ReadonlyMap<string, DetailRecord>, { legId, answeredAt, endedAt }: DetailRecord): string {
  for (let n = 1, id = legId; ; id = `${legId} ${++n}`) {
    const before = legs.get(id)
    const begins = answeredAt && before && isAfter(answeredAt, before.answeredAt ?? before.endedAt)
    const ends = !answeredAt && legs.has(`${legId} ${n + 1}`) && isAfter(endedAt, before?.endedAt)
    if (!begins && !ends) return id
  }
}

/**
 * Merges two parts of a leg: values of either; the earlier start and the later end. Of two answers the earlier one decides
 * whose call it is: within a call either side may re-INVITE, for a hold.
 */
function merged(one: DetailRecord, other: DetailRecord): DetailRecord {
  return {
    ...(isAfter(other.answeredAt, one.answeredAt) ? { ...other, ...one } : { ...one, ...other }),
    legId: one.legId,
    sharedIds: [...new Set([...one.sharedIds, ...other.sharedIds])],
    ...given({
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
