/** Detects conferences: other people heard in a call, and sessions that record two officials at once. */
import type { SegmentFacts } from '#register/admit.ts'
import type { CallInvitation } from '../machine/describe-segment.ts'
import type { OtherOfficials } from './other-officials.ts'
import type { RequestReader } from '../reading/read-requests.ts'
import { isShared, activeOfficial } from '../reading/read-session.ts'
import { officialKeyOf, type RecentCalls } from './recent-calls.ts'
import { areDifferentCallers } from './find-continued-segment.ts'
import type { RecorderOptions } from '../recorder-options.ts'
import type { RunningSession } from '../run-session.ts'
import type { Offer } from '../machine/session-types.ts'
import { otherSpeakers, withholdingFor } from '../machine/answering-official.ts'

export interface Conferences {
  /**
   * Notifies the sessions of a call when a conference begins or ends that their own metadata do not report: another session
   * records another official with the same caller at the same time, or a duplicate reports other people. Only sessions whose
   * client has acknowledged our answer count.
   * @param opening session that is not offered yet
   * @returns true if `opening` is in a conference
   */
  settle(facts: SegmentFacts, opening?: RunningSession): boolean
  /** Returns the fields of an offer that are about a conference. */
  ofOffer(
    invitation: CallInvitation,
    facts: SegmentFacts,
    at: Temporal.Instant,
    opening: RunningSession,
  ): Pick<Offer, 'withholds' | 'others' | 'shared'>
  /** Returns the other officials in a conference, except those with a separate session, because they have a segment already. */
  others(invitation: CallInvitation, facts: SegmentFacts, at: Temporal.Instant): OtherOfficials
  /** Updates the segments that are in a conference with another capture's sessions, as the database knows them. */
  learn(shared: readonly string[]): void
  /**
   * Returns those of these segments in progress whose official speaks with the caller now, and those whose official does not.
   * In a session without an ACK nobody speaks.
   */
  activityOf(segmentIds: readonly string[]): { speaking: string[]; silent: string[] }
  /** Returns true if a session is in a conference with another capture's. */
  isWithOtherCapture(session: RunningSession): boolean
  /** Continues such a conference in a new segment after a restart, until the database has admitted the segment. */
  resume(segmentId: string): void
  ended(segmentId: string): void
}

/** Time in which the database admits a resumed segment. Until then its answers say nothing about the segment. */
const admittedMs = 3_000

export function createConferences(parts: {
  recent: RecentCalls
  bySegment: ReadonlyMap<string, RunningSession>
  reader: Pick<RequestReader, 'wasAcknowledged'>
  random: RecorderOptions['random']
  clock: Pick<RecorderOptions['clock'], 'monotonicMs'>
  /** Returns true if a duplicate of a session reports that others than its official and the caller are in the call. */
  isReportedByDuplicate: (session: RunningSession, opening?: SegmentFacts) => boolean
  /** Saves a session whose state has changed, for the next process. */
  save: (session: RunningSession) => void
}): Conferences {
  const { recent, bySegment, reader, random, clock, save } = parts
  /** Segments in a conference with another capture's sessions. */
  let withOtherCapture: ReadonlySet<string> = new Set()
  /** Segments that were in one before a restart, with the time at which they resumed. */
  const resumed = new Map<string, number>()
  const isWithOtherCapture = (segmentId: string) => withOtherCapture.has(segmentId) || resumed.has(segmentId)
  const conferences: Conferences = {
    ofOffer: (invitation, facts, at, opening) => ({
      withholds: withholdingFor(invitation, facts),
      others: conferences.others(invitation, facts, at),
      shared: conferences.settle(facts, opening),
    }),
    settle(facts, opening) {
      const { official } = facts
      const calls = recent.live(facts).filter(({ segmentId }) => bySegment.has(segmentId))
      const live = calls.map(({ segmentId }) => bySegment.get(segmentId)!)
      const speaking = live.map((session) => (session === opening ? official : activeOfficial(session)))
      const officials = speaking.map((one) => one?.personId)
      // Sessions without an ACK do not count: otherwise a single INVITE with a spoofed address could stop recordings.
      const counts = live.map(({ dialog }) => reader.wasAcknowledged(dialog.id))
      const haveDifferentCallers = (at: number, n: number) => areDifferentCallers(calls[at]!.caller, calls[n]!.caller)
      const isInOwn = (at: number) =>
        officials[at] !== undefined &&
        officials.some(
          (one, n) => counts[n] && one !== undefined && one !== officials[at] && !haveDifferentCallers(at, n),
        )
      // An official who is not in the directory may be the same one under another number, so the recordings are only marked.
      const isWithUnlisted = (at: number) =>
        speaking.some(
          (one, n) => n !== at && counts[n] && one && one.personId === undefined && !haveDifferentCallers(at, n),
        )
      const isReportedByDuplicate = (session: RunningSession) =>
        parts.isReportedByDuplicate(session, session === opening ? facts : undefined)
      const isSharedAt = (at: number) =>
        isWithOtherCapture(calls[at]!.segmentId) || isInOwn(at) || isReportedByDuplicate(live[at]!)
      live.forEach((session, at) => {
        if (session !== opening && isSharedAt(at) !== isShared(session))
          void session.dispatch({ type: 'shared', on: isSharedAt(at) }).then(() => save(session))
        if (session !== opening && isWithUnlisted(at)) void session.dispatch({ type: 'marked', mark: 'needs-review' })
      })
      return opening !== undefined && isSharedAt(live.indexOf(opening))
    },
    others(invitation, facts, at) {
      const reported = otherSpeakers(invitation, facts, at, random.uuid)
      if (reported.officials.length === 0) return reported
      const own = recent.live(facts).filter(({ caller }) => !areDifferentCallers(caller, facts.caller))
      const live = new Set(own.map((segment) => segment.official))
      return { at, officials: reported.officials.filter((one) => !live.has(officialKeyOf(one.official))) }
    },
    learn(shared) {
      const before = new Set([...withOtherCapture, ...resumed.keys()])
      withOtherCapture = new Set(shared)
      for (const [segmentId, atMs] of resumed) if (clock.monotonicMs() - atMs > admittedMs) resumed.delete(segmentId)
      for (const segmentId of new Set([...before, ...shared])) {
        const session = bySegment.get(segmentId)
        if (session?.state?.phase !== 'live') continue
        conferences.settle(session.state.session.facts)
        if (before.has(segmentId) !== isWithOtherCapture(segmentId)) save(session)
      }
    },
    activityOf(segmentIds) {
      const live = segmentIds.filter((segmentId) => bySegment.has(segmentId))
      const { speaking = [], silent = [] } = Object.groupBy(live, (segmentId) => {
        const session = bySegment.get(segmentId)!
        const speaks = activeOfficial(session)?.personId !== undefined && reader.wasAcknowledged(session.dialog.id)
        return speaks ? 'speaking' : 'silent'
      })
      return { speaking, silent }
    },
    isWithOtherCapture: ({ state }) => state?.phase === 'live' && isWithOtherCapture(state.session.facts.segmentId),
    resume: (segmentId) => void resumed.set(segmentId, clock.monotonicMs()),
    ended: (segmentId) => void resumed.delete(segmentId),
  }
  return conferences
}
