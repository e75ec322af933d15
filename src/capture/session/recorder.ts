/**
 * The recorder: handles SIP requests and runs all sessions of this process, independently of each other. SIP transactions are
 * in sip/, message bodies in siprec/, and the state machine of a session in machine/session.ts.
 */
import { startStableClock } from '#platform/clock/stable-clock.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { Dialog, IncomingRequest, Invite, SipHandler } from '../sip/handler.ts'
import type { SipRequest } from '../sip/message.ts'
import { createUnrecordedSessions } from './unrecorded-sessions.ts'
import { refuseWhileStopping, responseHasSdp } from './machine/answer-session.ts'
import { createConferences, type Conferences } from './duplicates/conferences.ts'
import { createDescribeRequest, type Found } from './machine/describe-request.ts'
import { describeReoffer } from './machine/describe-reoffer.ts'
import {
  awaitsDirection,
  callIdsOf,
  callerOf,
  isHeldBack,
  isUnknownCaller,
  reportedCallerOf,
  unreachableMediaReason,
  type CallInvitation,
  type EarlierSegment,
} from './machine/describe-segment.ts'
import { createCompletions } from './register/complete-segments.ts'
import { decideLater, hasStarted, canBeDecidedLater, isOutsideRegister } from './machine/decide-later.ts'
import { createSplitDirectionSessions } from './duplicates/split-direction-session.ts'
import { countFacts, noRecorderCounts, type RecorderCounters } from './recorder-counters.ts'
import { withIntakeKey } from './media/preallocated-files.ts'
import { createRequestReader, knownOf, type SessionRequest, type KnownSessionData } from './reading/read-requests.ts'
import { createRecentCalls, officialKeyOf, toRememberedSegment } from './duplicates/recent-calls.ts'
import { defaultLimits, type RecorderOptions } from './recorder-options.ts'
import { createResumedSessions } from './recovery/resume-sessions.ts'
import { runSession, type RunningSession, type PreviousSegment, type SessionParts } from './run-session.ts'
import { isStopped, stateForNextSegment, recordingIn } from './reading/read-session.ts'
import { withMark } from './machine/recording-outcome.ts'
import type { Offer, PartyFacts, Reoffer } from './machine/session-types.ts'
import { refusedUnreachableMedia } from '../siprec/answer-offer.ts'
import type { Refusal } from '../siprec/refusal.ts'
import { clientClock, transferTime } from './machine/reported-times.ts'
import { areDifferentCallers, isTelephoneNumber, type RememberedSegment } from './duplicates/find-continued-segment.ts'
import { createDuplicateSessions } from './duplicates/duplicate-sessions.ts'
import { watchSessions } from './watch-sessions.ts'
import { compareOfficials, isCallerUncertain, withholdingFor } from './machine/answering-official.ts'

export interface Recorder {
  handler: SipHandler
  readonly live: number
  /** Returns the number of sessions in {@link live} that have ended and wait only for their recording to be stored. */
  ending(): number
  readonly recording: number
  readonly counters: Readonly<RecorderCounters>
  /** Returns the facts of calls in progress. */
  inProgress(): SegmentFacts[]
  /** Returns ids of recordings of calls in progress; with `remembered` also those of the last day, because calls may resume. */
  recordings(which: 'in-progress' | 'remembered'): string[]
  /** Forbids a recording (R49): stops it, and destroys or stores what was recorded. */
  forbid(recordingId: string, destroys: boolean): Promise<void>
  /** Conferences with sessions of other captures of this register. */
  conferences: Pick<Conferences, 'activityOf' | 'learn'>
  /** Ends every session as if its end signal had arrived, before the process exits. */
  stop(): Promise<void>
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { clock, quotas, random } = options
  const limits = { ...defaultLimits, ...options.limits }
  const stopping = new AbortController()
  const counters = noRecorderCounts()
  /** Sessions by dialog id. */
  const sessions = new Map<string, RunningSession>()
  const bySegment = new Map<string, RunningSession>()
  const times = new WeakMap<PreviousSegment, () => Temporal.Instant>()
  /** Sessions that have failed over to a duplicate. */
  const failedOver = new WeakSet<RunningSession>()
  /** Sessions whose official only another client of the call has named. */
  const namedByAnother = new WeakSet<RunningSession>()
  const reader = createRequestReader(options)
  const recent = createRecentCalls()
  for (const facts of options.leftBehind ?? []) {
    recent.remember(facts.callIds, toRememberedSegment(facts, false))
  }
  const describe = createDescribeRequest({ options, reader, recent })
  const unrecorded = createUnrecordedSessions(options.mediaAddress)
  const conferences = createConferences({
    ...{ recent, bySegment, reader, random, clock, save: saveSession },
    isReportedByDuplicate: (session, opening) => duplicates.isReportedByDuplicate(session, opening),
  })
  const completions = createCompletions({ options, counters, save: saveSession })
  const splitDirections = createSplitDirectionSessions({ options, reader, sessions, save: saveSession })
  const duplicates = createDuplicateSessions({
    ...{ options, limits, sessions, reader, save: saveSession, settle: settleConference, forget },
    onFailover(session, facts, isOriginal) {
      if (isOriginal) failedOver.delete(session)
      else failedOver.add(session)
      counters.failovers++
      saveSession(session)
      options.onFacts?.(session.dialog.id, facts)
      settleConference(session)
    },
    transfer: (session, { incoming, invitation }) => beginAfterTransfer(session, incoming, invitation, nowOf(session)),
  })
  const related = { halves: splitDirections, duplicates }
  const resumed = createResumedSessions({
    ...{
      options,
      limits,
      sessions,
      reader,
      recent,
      related,
      inherited: failedOver,
      conferences,
      counters,
      start,
      end,
    },
  })
  const watching = watchSessions({ options, limits, sessions, reader, resumed, end })

  /** Saves a session for the next process. */
  function saveSession(session: RunningSession): void {
    resumed.save(session)
  }

  function hasOfficial({ state }: RunningSession): boolean {
    return state?.phase === 'live' && state.session.facts.official !== undefined
  }

  function settleConference({ state }: RunningSession): void {
    if (state?.phase === 'live') conferences.settle(state.session.facts)
  }

  /** Returns the time by the session's own clock, which changes of the system clock do not affect. */
  function nowOf(session: RunningSession | undefined): Temporal.Instant {
    return (session && times.get(session)?.()) ?? clock.now()
  }

  function read(incoming: IncomingRequest, arrivedAt: Temporal.Instant, before?: KnownSessionData) {
    const found = reader.read(incoming, arrivedAt, before)
    if ('invitation' in found) return found
    refuse(incoming, found)
    return 'refused'
  }

  function refuse(incoming: IncomingRequest, { status, reason }: Pick<Refusal, 'status' | 'reason'>): void {
    counters.refused++
    options.clients?.refused(incoming, reason, reader.trunkOf(incoming)?.name)
    options.onRefused?.({ status, reason, client: incoming.source.address })
    incoming.respond(status, { reason })
  }

  async function onInvite(invite: Invite): Promise<void> {
    if (refuseWhileStopping(invite, stopping.signal)) return
    counters.offered++
    const now = clock.now()
    const found = read(invite, now)
    if (found === 'refused') return
    options.clients?.record(invite, found.invitation, reader.trunkOf(invite)?.name)
    // Replaces (RFC 3891 section 3): the named session ends once the new one is answered.
    const replaced = invite.replaces && sessions.get(invite.replaces.id)
    if (invite.replaces) recognise(invite.replaces.id, found.invitation)
    if (replaced) markEnded(replaced)
    if (!(await begin(invite, found, now))) {
      // A duplicate session may replace an earlier one.
      if (invite.replaces && duplicates.leave(invite.replaces.id)) void invite.replaces.bye()
      return
    }
    if (replaced) {
      const session = sessions.get(invite.dialog.id)
      if (session && isSameContact(replaced, session)) duplicates.replace(replaced, session)
      void end(replaced, false)
      void replaced.dialog.bye()
    }
  }

  /**
   * Makes a call known by the ids of a session that replaces one of its sessions: the new session belongs to the call, and a
   * prohibition holds for it, also if none of its ids is the earlier session's.
   */
  function recognise(replacedId: string, by: CallInvitation): void {
    const waiting = resumed.drop(replacedId)
    const { state } = sessions.get(replacedId) ?? duplicates.find(replacedId)?.first ?? {}
    const facts = state && state.phase !== 'over' ? state.session.facts : waiting
    if (facts) recent.learn(facts, callIdsOf(by))
  }

  function isSameContact({ state: one }: RunningSession, { state: other }: RunningSession): boolean {
    if (one?.phase !== 'live' || other?.phase !== 'live') return false
    return one.session.facts.contactId === other.session.facts.contactId
  }

  /**
   * Begins a segment if the call belongs to this register and is not recorded by another session. `before`: the previous
   * segment of the same session, which ends now.
   * @returns true if the segment was begun and answered
   */
  async function begin(
    incoming: Invite | IncomingRequest,
    { invitation, answeredAt }: Found,
    now: Temporal.Instant,
    before?: PreviousSegment,
    previousState?: Offer['previousState'],
    earlier?: EarlierSegment,
  ): Promise<boolean> {
    const offer = describe(incoming, { invitation, answeredAt }, now, earlier)
    const duplicate = offer === 'outside' ? undefined : recent.findDuplicate(offer.facts, reader.trunkNameOf(incoming))
    const first = duplicate && bySegment.get(duplicate.segmentId)
    if (
      invitation.isUnheard &&
      offer !== 'outside' &&
      (duplicate || offer.facts.captureFailure === unreachableMediaReason)
    ) {
      refuse(incoming, refusedUnreachableMedia)
      return false
    }
    if (offer !== 'outside') reportCaller(invitation, offer.facts)
    if (first && (await splitDirections.join(incoming, invitation, first))) return false
    // The other session was still opening, and has failed: tries again without it.
    if (first?.state?.phase === 'over')
      return begin(incoming, { invitation, answeredAt }, now, before, previousState, earlier)
    if (first && duplicate && offer !== 'outside') {
      settleCaller(first, duplicate, offer.facts)
      const wasNamed = hasOfficial(first)
      await completions.completeByDuplicate(first, offer)
      if (!wasNamed && hasOfficial(first)) namedByAnother.add(first)
      reader.begin(incoming, clock.monotonicMs(), clientClock(invitation, now))
      await duplicates.join({ incoming, invitation }, first)
      if (!duplicates.has(incoming.dialog.id)) reader.forget(incoming.dialog.id)
      return false
    }
    if (offer === 'outside') await endOutsideRegister(incoming, invitation)
    if (offer === 'outside' || duplicate) {
      // Outside this register (R8), or already recorded by another session: answers without recording.
      unrecorded.answer(incoming, invitation)
      return false
    }

    const facts = withIntakeKey(offer.facts, options)
    quotas.count(facts)
    if (facts.recording) counters.recorded++
    else counters.historyOnly++
    const session = start(facts, incoming.dialog, before)
    reader.begin(incoming, clock.monotonicMs(), clientClock(invitation, now))
    if ('onCancel' in incoming) incoming.onCancel(() => void end(session, false))
    // A request that was already answered as a duplicate gets no second answer.
    const request = incoming.answered ? undefined : { request: incoming, offer: invitation.offer }
    const more = {
      previousState,
      mayBeDecidedAnew: canBeDecidedLater(invitation, facts),
      answerHasSdp: responseHasSdp(incoming, invitation),
    }
    const conference = conferences.ofOffer(invitation, facts, now, session)
    await session.dispatch({ type: 'offered', offer: { ...offer, ...more, ...conference, facts } }, request)
    saveSession(session)
    return true
  }

  function start(facts: SegmentFacts, dialog: Dialog, before?: PreviousSegment, beganMs?: number): RunningSession {
    recent.remember(facts.callIds, toRememberedSegment(facts, true))
    // The segments of a transferred call use the same clock.
    const time = (before && times.get(before)) ?? startStableClock(clock)
    const { segmentId, trunk } = facts
    let entered = false
    const dialogNow = () => bySegment.get(segmentId)?.dialog.id ?? dialog.id
    const parts: SessionParts = {
      ...{ options, reader, storeAgainMs: limits.storeAgainMs, stopping: stopping.signal },
      ...{ segment: { segmentId, trunk }, now: time, beganMs },
      onRecorded(changed) {
        recent.learn(changed)
        if (isHeldBack(changed)) return
        options.onFacts?.(dialogNow(), changed)
        countFacts(counters, changed, { isFirst: !entered })
        if (!entered && changed.marks.includes('unknown-number'))
          options.onUnknownNumber?.({ segmentId, contactId: changed.contactId })
        entered = true
      },
      onOver() {
        // After a transfer within the session, the dialog already belongs to the next segment.
        const id = dialogNow()
        if (sessions.get(id) === bySegment.get(segmentId)) forget(id)
        bySegment.delete(segmentId)
        conferences.ended(segmentId)
        recent.ended(segmentId, time())
        if (!entered) quotas.forget(segmentId)
      },
    }
    const session = runSession(dialog, parts, before)
    times.set(session, time)
    sessions.set(dialog.id, session)
    unrecorded.forget(dialog.id)
    bySegment.set(segmentId, session)
    return session
  }

  function forget(dialogId: string): void {
    sessions.delete(dialogId)
    duplicates.ended(dialogId)
    unrecorded.forget(dialogId)
    reader.forget(dialogId)
    resumed.forget(dialogId)
  }

  async function onChange(incoming: IncomingRequest): Promise<void> {
    if (refuseWhileStopping(incoming, stopping.signal)) return
    const { id } = incoming.dialog
    const session = await resumed.resumeIn(id)
    if (splitDirections.has(id)) return splitDirections.change(incoming, (...answer) => incoming.respond(...answer))
    const now = nowOf(session)
    const found = read(incoming, now, duplicates.knownOf(id) ?? knownOf(session) ?? unrecorded.knownOf(id))
    if (found === 'refused') return
    const { invitation } = found
    if (await endOutsideRegister(incoming, invitation, session)) return unrecorded.answer(incoming, invitation)
    const detached = duplicates.has(id) && detachDuplicate(incoming, invitation, now)
    if (duplicates.has(id)) {
      const { first } = duplicates.find(id) ?? {}
      if (first?.state?.phase === 'live') {
        const { facts } = first.state.session
        reportCaller(invitation, facts)
        // The official's other number, or somebody else's.
        const hasSeveralOfficials =
          compareOfficials(invitation, facts.official) === 'several' && !withholdingFor(invitation, facts)
        if (hasSeveralOfficials || isCallerUncertain(invitation, facts))
          void first.dispatch({ type: 'marked', mark: 'needs-review' })
      }
      return duplicates.change({ incoming: incoming, invitation })
    }
    if (!session) {
      // Answers without recording until the session has a call of this register.
      if (!hasStarted(invitation)) return unrecorded.answer(incoming, invitation)
      const { before, previousState } = detached || unrecorded.find(id) || {}
      const hasBegun = await begin(incoming, found, now, before, previousState)
      if (!hasBegun && before?.hasStreams) before.detachStreams()?.closeAll()
      return
    }
    const facts = session.state?.phase === 'live' ? session.state.session.facts : undefined
    if (facts && compareOfficials(invitation, facts.official) === 'transferred') {
      return beginAfterTransfer(session, incoming, invitation, now)
    }
    const later = facts
      ? decideLater(invitation, facts, () => describe(incoming, found, now, toRememberedSegment(facts, true)))
      : 'as-before'
    const belongsToAnotherCall = facts && failedOver.has(session) && isAnotherCall(incoming, invitation, facts, now)
    if (later === 'another' || belongsToAnotherCall) return beginAfterTransfer(session, incoming, invitation, now)
    const reoffer = { ...reofferOf(invitation, session), answerHasSdp: responseHasSdp(incoming, invitation) }
    if (facts) reoffer.facts = withContact(reoffer.facts, facts, invitation, now)
    const request = { request: incoming, offer: invitation.offer }
    if (facts && later !== 'as-before') {
      recent.learn(facts, callIdsOf(invitation))
      const by = { offer: reoffer, pending: request }
      await completions.complete(session, facts, later, canBeDecidedLater(invitation, later.facts), by)
    } else await session.dispatch({ type: 'reoffered', offer: reoffer }, request)
    saveSession(session)
    if (facts) {
      conferences.settle(facts)
      reportRefuted(invitation, facts)
    }
  }

  /** Adds the contact of a newly reported caller, which may differ from the contact found by call id (docs/decisions/0111). */
  function withContact(
    reported: PartyFacts,
    facts: SegmentFacts,
    { parties }: CallInvitation,
    now: Temporal.Instant,
  ): PartyFacts {
    const { awaitsCaller, trunk, callIds, contactId: current, numberCalled, numberReached } = facts
    if (!awaitsCaller || !reported.caller || trunk === undefined) return reported
    const own = recent.find(
      callIds,
      trunk,
      {
        ...{ caller: reported.caller, official: officialKeyOf(facts.official) },
        ...{ numbers: parties.connected.numbers, from: parties.from },
      },
      now,
    )
    if (own === undefined || (own !== 'others' && own.contactId === current)) return reported
    if (own !== 'others') {
      const { contactId, startedAt, numberCalled } = own
      return { ...reported, contact: { contactId, startedAt, numberCalled } }
    }
    const kind = parties.number?.entry?.kind ?? ('UNKNOWN' as const)
    const called = numberCalled.key === numberReached.key ? numberCalled : { ...numberReached, kind }
    const startedAt = facts.answeredAt ?? now
    return {
      ...reported,
      contact: { contactId: random.uuid(), startedAt, numberCalled: called },
      marks: withMark(reported.marks, 'needs-review'),
    }
  }

  /** Reports a caller to the call's other sessions whose caller was guessed, if this caller confirms or disproves the guess. */
  function reportCaller(invitation: CallInvitation, facts: SegmentFacts): void {
    reportRefuted(invitation, facts)
    const caller = reportedCallerOf(invitation)
    if (!caller || isUnknownCaller(caller)) return
    const ofCall = recent.live(facts).filter(({ contactId }) => contactId === facts.contactId)
    // An official who is not in the directory and transfers the call is reported as caller of the next part.
    if (ofCall.some(({ official }) => official === caller.key)) return
    for (const { segmentId, callerIsGuess, caller: known } of ofCall) {
      const isDisproved =
        known.key === caller.key || (known.key !== null && invitation.parties.from.includes(known.key))
      if (callerIsGuess && isDisproved) void bySegment.get(segmentId)?.dispatch({ type: 'caller-reported', caller })
    }
  }

  /**
   * Settles the caller whom a duplicate's client writes differently: a number that either of them withholds is deleted, and a
   * telephone number replaces a SIP address or an extension.
   */
  function settleCaller(
    first: RunningSession,
    segment: RememberedSegment,
    { caller, callerIsGuess }: SegmentFacts,
  ): void {
    const { caller: known } = segment
    if (callerIsGuess || segment.callerIsGuess || !areDifferentCallers(known, caller)) return
    const isBetter = known.kind !== 'withheld' && (caller.kind === 'withheld' || isTelephoneNumber(caller))
    const [settled, otherCaller] = isBetter ? [caller, known] : [known, caller]
    recent.learnOtherCaller(segment.segmentId, otherCaller)
    void first.dispatch({ type: 'caller-settled', caller: settled, otherCaller })
    if (settled.kind !== 'withheld') void first.dispatch({ type: 'marked', mark: 'needs-review' })
  }

  /** Marks all sessions of a call whose caller's number the network refutes, whichever client reports it. */
  function reportRefuted({ parties }: CallInvitation, { contactId, callIds, trunk, caller }: SegmentFacts): void {
    if (!parties.isUnverified) return
    for (const one of recent.live({ callIds, trunk })) {
      if (one.contactId !== contactId || areDifferentCallers(one.caller, caller)) continue
      void bySegment.get(one.segmentId)?.dispatch({ type: 'marked', mark: 'caller-unverified' })
    }
  }

  /**
   * Detaches a duplicate that now reports another caller than its recording session, or is another official's session: it
   * continues as a separate session.
   * @returns its state and ports; undefined if it remains a duplicate
   */
  function detachDuplicate(incoming: SessionRequest, invitation: CallInvitation, now: Temporal.Instant) {
    const { id } = incoming.dialog
    const { first, leg } = duplicates.find(id) ?? {}
    const facts = first?.state?.phase === 'live' ? first.state.session.facts : undefined
    if (!leg || !facts) return undefined
    const isOfOther = hasStarted(invitation) && duplicates.namesOwnOfficial(id, invitation)
    if (!isOfOther && !isAnotherCall(incoming, invitation, facts, now)) return undefined
    const { described, sdpSessionId } = leg
    const { streams, answerVersion } = leg.place
    unrecorded.add(id, { described, streams, answerVersion, sdpSessionId })
    return duplicates.detach(id)
  }

  /** Returns true if a duplicate, or a session that has failed over to one, reports a caller of another call. */
  function isAnotherCall(
    incoming: SessionRequest,
    invitation: CallInvitation,
    facts: SegmentFacts,
    now: Temporal.Instant,
  ): boolean {
    const caller = reportedCallerOf(invitation)
    if (!caller || !hasStarted(invitation)) return false
    const { numbers, left } = invitation.parties.connected
    const callIds = [...new Set([...callIdsOf(invitation), ...facts.callIds])]
    // Only a session's first request may report the conversation of another with another caller.
    const reported = { caller, official: undefined, numbers: [...numbers, ...left], from: invitation.parties.from }
    const own = recent.find(callIds, reader.trunkNameOf(incoming), reported, now)
    return own === 'others' || (own !== undefined && own.contactId !== facts.contactId)
  }

  /**
   * Ends the sessions of a call that a request shows to be outside this register (R8), and deletes their data: the request's
   * own session, and other sessions of the call that have sent only SDP.
   * @returns true if there were any
   */
  async function endOutsideRegister(
    incoming: SessionRequest,
    invitation: CallInvitation,
    own?: RunningSession,
  ): Promise<boolean> {
    if (!isOutsideRegister(invitation)) return false
    const ofCall = recent.live({ callIds: callIdsOf(invitation), trunk: reader.trunkNameOf(incoming) })
    const others = ofCall.flatMap(({ segmentId }) => bySegment.get(segmentId) ?? [])
    const left = [...new Set([own, ...others])].filter((session) => session !== undefined)
    const waiting = left.filter(({ state }, at) => {
      if (state?.phase !== 'live' || !awaitsDirection(state.session.facts)) return false
      return (own && at === 0) || !state.session.metadata
    })
    for (const session of waiting) await endUnrecorded(session)
    return waiting.length > 0
  }

  async function endUnrecorded(session: RunningSession): Promise<void> {
    const { dialog, state, described, sdpSessionId } = session
    if (state?.phase !== 'live') return
    const { facts, streams, answerVersion } = state.session
    await session.dispatch({ type: 'outside' })
    recent.forget(facts.segmentId)
    counters.historyOnly--
    unrecorded.add(dialog.id, { described, streams, answerVersion, sdpSessionId })
  }

  /** Ends the segment after a transfer and begins another on the same ports, at the transfer time in the metadata (R17). */
  async function beginAfterTransfer(
    session: RunningSession,
    incoming: IncomingRequest,
    invitation: CallInvitation,
    now: Temporal.Instant,
  ): Promise<void> {
    const began = session.state?.phase === 'live' ? session.state.session.facts.answeredAt : undefined
    const answeredAt = transferTime(invitation, reader.clockOf(incoming.dialog.id), began, now)
    markEnded(session)
    // The session's client names its own official for the first time: the duplicate's may be in the call as well.
    const isDoubtful = namedByAnother.has(session)
    if (!isDoubtful) duplicates.forgetReportedTransfers(session.dialog.id)
    const facts = session.state?.phase === 'live' ? session.state.session.facts : undefined
    // If no caller is reported, the caller of the previous segment applies.
    const earlier = facts && !callerOf(invitation) ? toRememberedSegment(facts, true) : undefined
    await begin(incoming, { invitation, answeredAt }, now, session, stateForNextSegment(session), earlier)
    await session.dispatch({ type: 'ended', at: answeredAt, inferred: false })
    const next = sessions.get(incoming.dialog.id)
    if (!next) return
    if (isDoubtful) await next.dispatch({ type: 'marked', mark: 'needs-review' })
    settleConference(next)
  }

  function reofferOf(invitation: CallInvitation, session: RunningSession): Reoffer {
    const { state, dialog } = session
    const known = state?.phase === 'over' ? undefined : state?.session.facts
    const now = nowOf(session)
    const reoffer = describeReoffer(invitation, known, reader.clockOf(dialog.id), now)
    return known ? { ...reoffer, others: conferences.others(invitation, known, now) } : reoffer
  }

  /** Handles an ACK, which may have the client's answer to our own offer. */
  async function onAck(dialog: Dialog, request: SipRequest): Promise<void> {
    reader.acknowledge(dialog.id)
    const session = sessions.get(dialog.id)
    const recorded = session ?? duplicates.find(dialog.id)?.first
    if (recorded) settleConference(recorded)
    const incoming = { request, source: dialog.source, dialog }
    if (request.body.length === 0) return
    if (splitDirections.has(dialog.id)) return splitDirections.change(incoming)
    const isDuplicate = duplicates.has(dialog.id)
    const found =
      (session || isDuplicate) &&
      reader.read(incoming, nowOf(session), duplicates.knownOf(dialog.id) ?? knownOf(session))
    if (found && 'invitation' in found && (await endOutsideRegister(incoming, found.invitation, session))) return
    if (isDuplicate && found && 'invitation' in found) duplicates.acknowledged(dialog.id, found.invitation.streams)
    if (!session || !found || !('invitation' in found) || !found.invitation.offer) return
    await session.dispatch({ type: 'reoffered', offer: { ...reofferOf(found.invitation, session), inAck: true } })
    saveSession(session)
  }

  /** Returns true if a BYE is the first request that shows the call to be outside this register; then its data are deleted. */
  async function isOutsideAtBye(session: RunningSession, bye: IncomingRequest): Promise<boolean> {
    if (bye.request.body.length === 0) return false
    const found = reader.read(bye, nowOf(session), knownOf(session))
    if (!('invitation' in found) || !(await endOutsideRegister(bye, found.invitation, session))) return false
    unrecorded.forget(bye.dialog.id)
    return true
  }

  function end(session: RunningSession, inferred: boolean, silentMs = 0): Promise<void> {
    if (inferred) counters.endsInferred++
    markEnded(session)
    const at = nowOf(session).subtract({ milliseconds: Math.round(silentMs) })
    return session.dispatch({ type: 'ended', at, inferred })
  }

  /** Marks the segment as ended at once: in a transfer a new INVITE may follow the BYE immediately (NetSapiens). */
  function markEnded({ state }: RunningSession): void {
    if (!state || state.phase === 'over') return
    recent.ended(state.session.facts.segmentId, clock.now())
    conferences.settle(state.session.facts)
  }

  return {
    handler: {
      onInvite,
      onReinvite: onChange,
      // After a restart that lost the dialog, the client sends media to the old ports until its next request, such as a hold or a
      // session refresh. That request has a complete offer; answering it with new ports resumes the call as another segment.
      async onUnknownDialogInvite(invite) {
        await onInvite(invite)
        return invite.answered
      },
      onUpdate: onChange,
      onDialogResumed: (dialog) => resumed.open(dialog),
      onAck,
      async onBye(request) {
        // The call can continue in a duplicate, which must be resumed first.
        if (resumed.hasDuplicates(request.dialog.id)) await resumed.resumeIn(request.dialog.id)
        const session = sessions.get(request.dialog.id)
        unrecorded.forget(request.dialog.id)
        splitDirections.leave(request.dialog.id)
        duplicates.leave(request.dialog.id)
        resumed.drop(request.dialog.id)
        if (!session || (await isOutsideAtBye(session, request))) return
        // A BYE ends only its session. The call ends with its last session, or when metadata report its end.
        const endedAgoMs = reader.endedAgoMs(request, nowOf(session), knownOf(session))
        if (endedAgoMs === undefined && duplicates.failOver(session, 'has-ended')) return
        // Not awaited: the BYE is answered before the last packets have arrived.
        void end(session, false, endedAgoMs)
      },
      onDialogLost(dialog, reason) {
        const session = sessions.get(dialog.id)
        unrecorded.forget(dialog.id)
        if (duplicates.has(dialog.id) && reason === 'not-acknowledged' && reader.wasAcknowledged(dialog.id))
          return 'keep'
        splitDirections.leave(dialog.id)
        duplicates.leave(dialog.id)
        resumed.drop(dialog.id)
        if (!session) return undefined
        if (watching.continues(session, reason)) return 'keep'
        if (duplicates.failOver(session, 'has-ended')) return undefined
        void end(session, true, session.media?.silentMs() ?? 0)
        return undefined
      },
    },
    get live() {
      return sessions.size
    },
    ending: () => [...sessions.values()].filter(({ state }) => state && state.phase !== 'live').length,
    get recording() {
      return [...sessions.values()].filter(({ media, state }) => media && !isStopped(state)).length
    },
    counters,
    conferences,
    inProgress: () =>
      [...sessions.values()].flatMap(({ state }) => (state?.phase === 'live' ? [state.session.facts] : [])),
    recordings: (which) =>
      which === 'remembered'
        ? recent.recordings()
        : [...bySegment.values()].flatMap(({ state }) => recordingIn(state) ?? []),
    async forbid(recordingId, destroys) {
      recent.forbid(recordingId)
      for (const session of bySegment.values()) {
        if (recordingIn(session.state) !== recordingId) continue
        await session.forbid(destroys)
        saveSession(session)
      }
    },
    async stop() {
      watching.stop()
      stopping.abort()
      resumed.stop()
      duplicates.stop()
      await Promise.all(
        [...bySegment.values()].map(async (session) => {
          const awaits = session.state?.phase === 'live' && awaitsDirection(session.state.session.facts)
          // A call without a direction is not ended: the next process may get the missing data.
          await (awaits ? session.detachStreams()?.closeAll() : end(session, true))
        }),
      )
    },
  }
}
