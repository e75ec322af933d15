import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { findNumber } from '#description/register-description.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { directoryAt } from '../session/reading/directory.ts'
import type { VersionAt } from '../session/reading/version-in-force.ts'
import type { ReportedCall } from './assemble-calls.ts'
import type { DetailProblem, DetailRecord } from './detail-record.ts'
import type { PastCall } from './past-calls.ts'
import { readNumber } from './read-number.ts'

export type ClassifiedCall =
  | { readonly is: 'call'; readonly call: PastCall; readonly isDoubtful: boolean }
  /** Not a call of this register: outgoing, internal, or a consultation (R8). */
  | { readonly is: 'outside' }
  | { readonly is: 'problem'; readonly reason: DetailProblem }

/** A telephone system's clock may be this far ahead. */
const maxClockSkewMs = 300_000
/** Longest gap between two legs that are one continuous talk. */
const maxTalkGapMs = 2_000
/** Longest time after the end of a leg in which a leg without a caller can still belong to the same call, as in find-continued-segment.ts. */
const transferGapMs = 300_000

type CompleteLeg = DetailRecord & { startedAt: Temporal.Instant; endedAt: Temporal.Instant; called: string }

/** Data for deciding which parties of a leg are callers, officials and service numbers. */
interface ClassificationContext {
  readonly versionAt: VersionAt
  readonly officials: readonly DirectoryEntry[]
}

/**
 * Splits a reported call that has legs of several calls with the same id, and marks the parts for review (docs/decisions/0111).
 * There is one call for each caller, and one for each period in which all incoming legs lack a caller. Any other leg without a
 * caller is assigned to the caller whose leg was in progress when it began, and dropped if several were.
 */
export function splitByCaller(call: ReportedCall, known: ClassificationContext): ReportedCall[] {
  if (call.isUnfinished) return [call]
  const { classifyLeg, keyOf } = createLegClassifier(known)
  const legs = call.legs as readonly CompleteLeg[]
  const incoming = new Set(legs.filter((leg) => classifyLeg(leg) === 'incoming'))
  const callerOf = (leg: CompleteLeg) => (incoming.has(leg) ? keyOf(leg.caller, leg.startedAt) : undefined)
  const callers = new Set(legs.map(callerOf).filter((caller) => caller !== undefined))
  const times = splitByTime(legs)
  const unnamed =
    callers.size === 0
      ? times
      : times.filter((own) => own.every((leg) => !callerOf(leg)) && own.some((leg) => incoming.has(leg)))
  const named = legs.filter((leg) => !unnamed.some((own) => own.includes(leg)))
  const calls = [...[...callers].map((caller) => named.filter((leg) => legCaller(leg) === caller)), ...unnamed]
  if (calls.length < 2) return [call]
  let left = calls.length
  const acknowledge = () => {
    if (--left === 0) call.acknowledge()
  }
  return calls.map((own) => ({ ...call, legs: own.map((leg) => ({ ...leg, isDoubtful: true })), acknowledge }))

  function legCaller(leg: CompleteLeg): PhoneNumberKey | undefined {
    const continues = (caller: PhoneNumberKey) =>
      named.some(
        (other) =>
          callerOf(other) === caller &&
          Temporal.Instant.compare(other.startedAt, leg.startedAt) <= 0 &&
          Temporal.Instant.compare(leg.startedAt, other.endedAt) < 0,
      )
    const could = callers.size > 1 ? [...callers].filter(continues) : [...callers]
    return callerOf(leg) ?? (could.length === 1 ? could[0] : undefined)
  }
}

/** Splits legs into calls by time: a leg is of another call if it begins over `transferGapMs` after the end of all earlier legs. */
function splitByTime(legs: readonly CompleteLeg[]): CompleteLeg[][] {
  const calls: CompleteLeg[][] = []
  let endedMs = 0
  for (const leg of legs.toSorted((a, b) => Temporal.Instant.compare(a.startedAt, b.startedAt))) {
    const call = calls.at(-1)
    if (call && leg.startedAt.epochMilliseconds <= endedMs + transferGapMs) call.push(leg)
    else calls.push([leg])
    endedMs = Math.max(endedMs, leg.endedAt.epochMilliseconds)
  }
  return calls
}

/**
 * Converts a feed's legs to a call of the register, if they are one (R8, R9): incoming, that is, to a number of the description
 * or reported as incoming. Waiting in a queue and legs made by an official are not segments.
 */
export function classifyCall(
  feed: string,
  call: ReportedCall,
  { now, ...known }: ClassificationContext & { now: Temporal.Instant },
): ClassifiedCall {
  const { classifyLeg, isKnown } = createLegClassifier(known)
  if (call.isUnfinished) return { is: 'problem', reason: 'no-end' }
  const legs = (call.legs as readonly CompleteLeg[]).toSorted((a, b) =>
    Temporal.Instant.compare(a.startedAt, b.startedAt),
  )
  if (legs.some(({ endedAt }) => endedAt.epochMilliseconds > now.epochMilliseconds + maxClockSkewMs))
    return { is: 'problem', reason: 'in-the-future' }
  const classified = legs.map((leg) => ({ leg, is: classifyLeg(leg) }))
  const incoming = classified.filter(({ is }) => is === 'incoming').map(({ leg }) => leg)
  const first = incoming[0]
  if (!first) {
    // Problem if the direction is unknown, or if an official transferred the call and the call before is unknown.
    return classified.some(({ leg, is }) => is === 'unknown' || (is === 'onward' && leg.transferredByKey !== undefined))
      ? { is: 'problem', reason: 'direction-unknown' }
      : { is: 'outside' }
  }
  // Legs of the call: incoming ones, answered ones to an official's own number, and answered ones of the same caller.
  const parts = classified
    .filter(
      ({ leg, is }) =>
        is === 'incoming' ||
        (leg.answeredAt &&
          (is === 'onward' ||
            (is === 'unknown' && hasSameCaller(first, leg)) ||
            (is === 'outside' && hasSameCallerAndDevice(first, leg)))),
    )
    .map(({ leg }) => leg)
  // Officials who joined a conference with the caller speak with the caller.
  const joined = classified
    .filter(
      ({ leg, is }) =>
        (leg.isConference || leg.isOther) && is === 'outside' && leg.direction === undefined && leg.answeredAt,
    )
    .map(({ leg }) => ({ ...leg, official: leg.caller }))
  const byAnybody = [...parts, ...joined]
    .filter((leg) => leg.answeredAt && leg.official !== undefined)
    .toSorted((a, b) => Temporal.Instant.compare(a.answeredAt!, b.answeredAt!))
  const byOfficials = byAnybody.filter((leg) => !isServiceNumber(leg))
  // The call counts as answered even if no record names the official, so that a missing recording is reported.
  const answered = byOfficials.length > 0 ? byOfficials : byAnybody.map((leg) => ({ ...leg, official: undefined }))
  // After a transfer, or with several queues, the number called first is uncertain.
  const queues = new Set(parts.map(({ mayBeTransferred }) => mayBeTransferred?.queue).filter(Boolean))
  const isOverwritten =
    parts.some((leg) => leg.mayBeTransferred && !isKnown(leg.called, leg.startedAt)) && parts.length > 1
  const endedAt = parts.map((leg) => leg.endedAt).reduce((a, b) => (Temporal.Instant.compare(a, b) >= 0 ? a : b))
  return {
    is: 'call',
    isDoubtful:
      queues.size > 1 ||
      isOverwritten ||
      first.transferredByKey !== undefined ||
      parts.some((leg) => leg.isDoubtful || (leg.answeredAt && isServiceNumber(leg))),
    call: {
      callId: `${feed} ${call.callId}`,
      sharedIds: [...new Set(parts.flatMap(({ sharedIds }) => sharedIds))],
      startedAt: first.startedAt,
      caller: first.caller,
      numberCalled: first.called,
      segments: mergeTalks(
        answered.map((leg) => ({
          id: leg.legId,
          official: leg.official,
          number: numberOf(leg, first),
          answeredAt: leg.answeredAt!,
          endedAt: leg.endedAt,
        })),
      ),
      endedAt,
    },
  }

  /** Returns the service number through which a leg reached its official: the leg's own if the description has it. */
  function numberOf(leg: CompleteLeg, opening: CompleteLeg): string {
    return [leg.reached, leg.called, opening.reached].find((number) => isKnown(number, leg.startedAt)) ?? opening.called
  }

  /** Returns true if a service number answered, as a queue or another telephone system does: the official is then unknown. */
  function isServiceNumber({ official, startedAt }: CompleteLeg): boolean {
    return isKnown(official, startedAt)
  }
}

/** Returns functions that classify legs and numbers by the description's numbers and the directory. */
function createLegClassifier({ versionAt, officials }: ClassificationContext) {
  function keyOf(written: string | undefined, at: Temporal.Instant): PhoneNumberKey | undefined {
    if (written === undefined) return undefined
    return readNumber(written, versionAt(at).description.numbering).key ?? undefined
  }

  function isKnown(written: string | undefined, at: Temporal.Instant): boolean {
    const key = keyOf(written, at)
    return key !== undefined && findNumber(versionAt(at).description, key, at) !== undefined
  }

  function isOfficial(written: string, at: Temporal.Instant): boolean {
    const key = keyOf(written, at)
    return key !== undefined && directoryAt(versionAt(at).description, officials, at).findOfficial(key) !== undefined
  }

  /**
   * Classifies a leg: `incoming` to a service number; `onward`, transferred to an official's own number; `outside`, made by an
   * official or outgoing; `other`, of another call that was connected with this one; otherwise `unknown`.
   */
  function classifyLeg(leg: CompleteLeg): 'incoming' | 'onward' | 'outside' | 'other' | 'unknown' {
    const isOfficialsOwn = [leg.caller, leg.device].some(
      (from) => from !== undefined && isOfficial(from, leg.startedAt),
    )
    if (leg.direction === 'outgoing' || leg.direction === 'internal' || isOfficialsOwn) return 'outside'
    if (leg.isOther) return 'other'
    if (leg.direction === 'incoming' || isKnown(leg.called, leg.startedAt) || isKnown(leg.reached, leg.startedAt))
      return 'incoming'
    // After a transfer the record may have the official's number instead of the number called.
    const wasTransferred = leg.mayBeTransferred && leg.official !== undefined && leg.official !== leg.called
    return isOfficial(leg.called, leg.startedAt) && !wasTransferred ? 'onward' : 'unknown'
  }

  return { keyOf, isKnown, classifyLeg }
}

/** Returns true if two legs have the same caller, who is not withheld. */
function hasSameCaller(first: DetailRecord, leg: DetailRecord): boolean {
  return first.caller !== undefined && first.caller === leg.caller
}

/** Returns true if two legs have the same caller and the same device. */
function hasSameCallerAndDevice(first: DetailRecord, leg: DetailRecord): boolean {
  return hasSameCaller(first, leg) && first.device !== undefined && first.device === leg.device
}

type Talk = PastCall['segments'][number] & { answeredAt: Temporal.Instant }

/**
 * Merges continuous talks of one official into one segment, also across legs: a call that becomes a conference continues as
 * another leg.
 */
function mergeTalks(talks: readonly Talk[]): Talk[] {
  const joined: Talk[] = []
  const lasting = talks.filter(({ answeredAt, endedAt }) => Temporal.Instant.compare(answeredAt, endedAt) < 0)
  // A talk of zero length counts only if there is no other.
  for (const talk of lasting.length > 0 ? lasting : talks.slice(0, 1)) {
    const at = joined.findLastIndex(({ official, number }) => official === talk.official && number === talk.number)
    const before = joined[at]
    if (!before || talk.answeredAt.epochMilliseconds > before.endedAt.epochMilliseconds + maxTalkGapMs)
      joined.push(talk)
    else if (Temporal.Instant.compare(talk.endedAt, before.endedAt) > 0)
      joined[at] = { ...before, endedAt: talk.endedAt }
  }
  return joined
}
