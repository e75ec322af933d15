import { hashCallId } from '#description/draw.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { forbiddenBefore, isUntold } from '../machine/describe-segment.ts'
import { findOwnCall, isAnotherCaller, type RememberedSegment, type ToldParties } from './whose-call.ts'

export interface RecentCalls {
  /**
   * The latest segment of the call that any of these ids names in this trunk, within a day. `others`: only calls of other callers
   * have such an id (docs/decisions/0111).
   */
  find(
    callIds: readonly string[],
    trunk: string,
    told: ToldParties,
    now: Temporal.Instant,
  ): RememberedSegment | 'others' | undefined
  /**
   * The segment in progress that the same contact has with the same official: then this session is a duplicate. One whose number
   * nobody has told may have come to any. `isGuess`: who calls is not told. Another caller's is a part of the contact, and no duplicate.
   */
  findTwin(facts: SegmentFacts, trunk: string, isGuess?: boolean): RememberedSegment | undefined
  /** The segments in progress that have any of these ids in this trunk. */
  live(facts: Pick<SegmentFacts, 'callIds' | 'trunk'>): RememberedSegment[]
  remember(callIds: readonly string[], segment: RememberedSegment): void
  /** What a later request told of it: who calls and answers, its number, its recording, more ids of its call. */
  learn(facts: SegmentFacts, callIds?: readonly string[]): void
  ended(segmentId: string, at: Temporal.Instant): void
  /** It was none of this register's. */
  forget(segmentId: string): void
  forbid(recordingId: string): void
  /**
   * Returns true where the use of what this call said to this official was forbidden: a session of its trunk that comes back to
   * them, after our restart or in another one's place, is not recorded. With somebody else the call is decided anew.
   */
  isForbidden(call: { callIds: readonly string[]; trunk?: string | undefined; official: string | undefined }): boolean
  recordings(): string[]
}

/** One name for an official: they have several numbers, and clients tell one or another. */
export function whoAnswers(official: SegmentFacts['official']): string | undefined {
  return official && (official.personId ?? official.phone)
}

/** What is remembered of the segment of these facts. */
export function remembered(facts: SegmentFacts, live: boolean): RememberedSegment {
  const { segmentId, contactId, trunk, startedAt, caller, numberCalled, numberReached, callIds, decision } = facts
  return {
    ...{ segmentId, contactId, trunk, startedAt, caller, numberCalled, numberReached, live },
    awaitsCaller: facts.awaitsCaller,
    drawnOn: decision.drawnOn ?? hashCallId(callIds[0] ?? segmentId),
    official: whoAnswers(facts.official),
    endedAt: facts.endedAt,
    recordingId: facts.recording?.id,
    forbidden: facts.recording?.gone === true || facts.captureFailure === forbiddenBefore,
  }
}

const holdHours = 24

/** Calls of the last day by the telephone system's ids: what makes segments of one call one call. */
export function createRecentCalls(): RecentCalls {
  const byId = new Map<string, RememberedSegment[]>()
  const segments = new Map<string, { segment: RememberedSegment; callIds: readonly string[] }>()

  function forgetBefore(before: Temporal.Instant): void {
    for (const [segmentId, { segment }] of segments) {
      // In order of arrival: the first that is young enough ends the search.
      if (Temporal.Instant.compare(segment.startedAt, before) >= 0) return
      if (!segment.live) forget(segmentId)
    }
  }

  function forget(segmentId: string): void {
    const known = segments.get(segmentId)
    if (!known) return
    segments.delete(segmentId)
    for (const id of known.callIds) {
      const left = (byId.get(id) ?? []).filter((other) => other !== known.segment)
      if (left.length > 0) byId.set(id, left)
      else byId.delete(id)
    }
  }

  function enter(callIds: readonly string[], segment: RememberedSegment, unknown = callIds): void {
    segments.set(segment.segmentId, { segment, callIds })
    for (const id of unknown) byId.set(id, [...(byId.get(id) ?? []), segment])
  }

  const named = (callIds: readonly string[]) => callIds.flatMap((id) => byId.get(id) ?? [])
  const namedIn = (trunk: string, callIds: readonly string[]) =>
    named(callIds).filter((segment) => segment.trunk === undefined || segment.trunk === trunk)

  return {
    find(callIds, trunk, told, now) {
      forgetBefore(now.subtract({ hours: holdHours }))
      return findOwnCall(namedIn(trunk, callIds), told, now)
    },
    findTwin({ callIds, contactId, caller, official: told, numberReached }, trunk, isGuess = false) {
      const official = whoAnswers(told)
      return namedIn(trunk, callIds).find(
        (segment) =>
          segment.live &&
          segment.contactId === contactId &&
          (isGuess || !isAnotherCaller(segment.caller, caller)) &&
          (segment.numberReached.key === numberReached.key || isUntold(segment.numberReached)) &&
          (official === undefined || segment.official === undefined || segment.official === official),
      )
    },
    live: ({ callIds, trunk }) =>
      [...new Set(trunk === undefined ? [] : namedIn(trunk, callIds))].filter(({ live }) => live),
    remember: enter,
    learn(facts, callIds = []) {
      const known = segments.get(facts.segmentId)
      if (!known) return
      const { segment } = known
      const { official, recordingId, ...now } = remembered(facts, segment.live)
      const { contactId, startedAt, caller, numberCalled, numberReached, awaitsCaller } = now
      Object.assign(segment, { contactId, startedAt, caller, numberCalled, numberReached, awaitsCaller })
      segment.official ??= official
      segment.recordingId ??= recordingId
      const more = callIds.filter((id) => !known.callIds.includes(id))
      if (more.length > 0) enter([...known.callIds, ...more], segment, more)
    },
    ended(segmentId, at) {
      const known = segments.get(segmentId)
      if (!known) return
      known.segment.live = false
      known.segment.endedAt ??= at
    },
    forget,
    forbid(recordingId) {
      for (const { segment } of segments.values()) if (segment.recordingId === recordingId) segment.forbidden = true
    },
    isForbidden({ callIds, trunk, official }) {
      return (trunk === undefined ? named(callIds) : namedIn(trunk, callIds)).some(
        ({ forbidden, official: other }) =>
          forbidden && (official === undefined || other === undefined || other === official),
      )
    },
    recordings: () => [...segments.values()].flatMap(({ segment }) => segment.recordingId ?? []),
  }
}
