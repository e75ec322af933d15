import { hashCallId } from '#description/draw.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { forbiddenReason, isUnreported } from '../machine/describe-segment.ts'
import {
  findContinuedSegment,
  areDifferentCallers,
  isSameConversation,
  type RememberedSegment,
  type ReportedParties,
} from './find-continued-segment.ts'

export interface RecentCalls {
  /**
   * Returns the latest segment, from the last day, of the call with any of these ids in this trunk. `others`: calls with such
   * an id exist, but have other callers (docs/decisions/0111).
   */
  find(
    callIds: readonly string[],
    trunk: string,
    reported: ReportedParties,
    now: Temporal.Instant,
  ): RememberedSegment | 'others' | undefined
  /**
   * Returns the live segment of the same contact with the same official and number, of which the session is then a duplicate.
   * An unknown official or number matches any. A segment with another caller is another part of the contact, not a duplicate.
   */
  findDuplicate(facts: SegmentFacts, trunk: string): RememberedSegment | undefined
  /** Returns the live segments with any of these ids in this trunk. */
  live(facts: Pick<SegmentFacts, 'callIds' | 'trunk'>): RememberedSegment[]
  remember(callIds: readonly string[], segment: RememberedSegment): void
  /** Updates a segment from a later request: caller, official, number, recording, more ids of its call. */
  learn(facts: SegmentFacts, callIds?: readonly string[]): void
  ended(segmentId: string, at: Temporal.Instant): void
  /** Removes a segment that does not belong to this register. */
  forget(segmentId: string): void
  forbid(recordingId: string): void
  /** Records the caller as another client of a segment's conversation writes it. */
  learnOtherCaller(segmentId: string, caller: SegmentFacts['caller']): void
  /**
   * Returns true if use of this call's recording with this official was forbidden. A later session of the call in the same
   * trunk with the same official, after a restart or as a replacement, is then not recorded. With another official the call is
   * decided anew.
   */
  isForbidden(call: { callIds: readonly string[]; trunk?: string | undefined; official: string | undefined }): boolean
  recordings(): string[]
}

/** Returns a key for an official: the person's id if known, because an official has several numbers and clients report different ones. */
export function officialKeyOf(official: SegmentFacts['official']): string | undefined {
  return official && (official.personId ?? official.phone)
}

export function toRememberedSegment(facts: SegmentFacts, live: boolean): RememberedSegment {
  const { segmentId, contactId, trunk, startedAt, caller, numberCalled, numberReached, callIds, decision } = facts
  return {
    ...{ segmentId, contactId, trunk, startedAt, caller, numberCalled, numberReached, live },
    ...{ awaitsCaller: facts.awaitsCaller, callerIsGuess: facts.callerIsGuess },
    ...(facts.otherCaller && { otherCaller: facts.otherCaller }),
    drawnOn: decision.drawnOn ?? hashCallId(callIds[0] ?? segmentId),
    official: officialKeyOf(facts.official),
    beganAt: facts.answeredAt ?? startedAt,
    endedAt: facts.endedAt,
    recordingId: facts.recording?.id,
    forbidden: facts.recording?.gone === true || facts.captureFailure === forbiddenReason,
  }
}

const retentionHours = 24

/** Creates an index of the last day's calls by the telephone system's ids, to find the segments of one call. */
export function createRecentCalls(): RecentCalls {
  const byId = new Map<string, RememberedSegment[]>()
  const segments = new Map<string, { segment: RememberedSegment; callIds: readonly string[] }>()

  function forgetBefore(before: Temporal.Instant): void {
    for (const [segmentId, { segment }] of segments) {
      // Segments are in order of arrival, so all after the first recent one are recent.
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

  function addSegment(callIds: readonly string[], segment: RememberedSegment, unknown = callIds): void {
    segments.set(segment.segmentId, { segment, callIds })
    for (const id of unknown) byId.set(id, [...(byId.get(id) ?? []), segment])
  }

  const segmentsWithIds = (callIds: readonly string[]) => callIds.flatMap((id) => byId.get(id) ?? [])
  const segmentsInTrunk = (trunk: string, callIds: readonly string[]) =>
    segmentsWithIds(callIds).filter((segment) => segment.trunk === undefined || segment.trunk === trunk)

  return {
    find(callIds, trunk, reported, now) {
      forgetBefore(now.subtract({ hours: retentionHours }))
      return findContinuedSegment(segmentsInTrunk(trunk, callIds), reported, now)
    },
    findDuplicate({ callIds, contactId, caller, official: reported, numberReached, callerIsGuess, ...times }, trunk) {
      const official = officialKeyOf(reported)
      const beganAt = times.answeredAt ?? times.startedAt
      return segmentsInTrunk(trunk, callIds).find(
        (segment) =>
          segment.live &&
          segment.contactId === contactId &&
          (callerIsGuess ||
            segment.callerIsGuess ||
            !areDifferentCallers(segment.caller, caller) ||
            isSameConversation(segment, { caller, official }, beganAt)) &&
          (segment.numberReached.key === numberReached.key || isUnreported(segment.numberReached)) &&
          (official === undefined || segment.official === undefined || segment.official === official),
      )
    },
    live: ({ callIds, trunk }) =>
      [...new Set(trunk === undefined ? [] : segmentsInTrunk(trunk, callIds))].filter(({ live }) => live),
    remember(callIds, segment) {
      forget(segment.segmentId)
      const ofContact = segmentsWithIds(callIds).filter(({ contactId }) => contactId === segment.contactId)
      const otherCaller = ofContact.findLast((one) => one.otherCaller)?.otherCaller
      addSegment(callIds, { ...segment, ...(otherCaller && { otherCaller }) })
    },
    learn(facts, callIds = []) {
      const known = segments.get(facts.segmentId)
      if (!known) return
      const { segment } = known
      const { official, recordingId, ...now } = toRememberedSegment(facts, segment.live)
      const { contactId, startedAt, caller, numberCalled, numberReached, awaitsCaller, callerIsGuess } = now
      Object.assign(segment, { contactId, startedAt, caller, numberCalled, numberReached, awaitsCaller, callerIsGuess })
      segment.official ??= official
      segment.recordingId ??= recordingId
      const more = callIds.filter((id) => !known.callIds.includes(id))
      if (more.length > 0) addSegment([...known.callIds, ...more], segment, more)
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
    learnOtherCaller(segmentId, caller) {
      const known = segments.get(segmentId)
      if (known) known.segment.otherCaller = caller
    },
    isForbidden({ callIds, trunk, official }) {
      return (trunk === undefined ? segmentsWithIds(callIds) : segmentsInTrunk(trunk, callIds)).some(
        ({ forbidden, official: other }) =>
          forbidden && (official === undefined || other === undefined || other === official),
      )
    },
    recordings: () => [...segments.values()].flatMap(({ segment }) => segment.recordingId ?? []),
  }
}
