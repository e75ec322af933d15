/**
 * The recorder: all sessions of this process, each running by itself, from SIP requests. SIP transactions are in sip/, bodies
 * in siprec/, the state machine in session.ts.
 */
import { timeFromNow } from '#platform/clock/time-of.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { Dialog, IncomingRequest, Invite, SipHandler } from '../sip/handler.ts'
import type { SipRequest } from '../sip/message.ts'
import { createUnrecordedSessions } from './unrecorded-sessions.ts'
import { refusedAtEnd, describesMedia } from './machine/answer-session.ts'
import { createConferences } from './duplicates/conferences.ts'
import { createDescribeRequest, type Found } from './machine/describe-request.ts'
import { describeReoffer } from './machine/describe-reoffer.ts'
import {
  awaitsDirection,
  callIdsOf,
  callerOf,
  isHeldBack,
  isUnknownCaller,
  reportedCallerOf,
  unheardMedia,
  type CallInvitation,
  type EarlierSegment,
} from './machine/describe-segment.ts'
import { createCompletions } from './register/complete-segments.ts'
import { decideLater, hasStarted, canDecideAgain, isOutsideRegister } from './machine/decide-later.ts'
import { createSplitDirectionSessions } from './duplicates/split-direction-session.ts'
import { countFacts, noRecorderCounts, type RecorderCounters } from './recorder-counters.ts'
import { withIntakeKey } from './media/preallocated-files.ts'
import { createRequestReader, knownOf, type SessionRequest, type KnownBefore } from './reading/read-requests.ts'
import { createRecentCalls, remembered } from './duplicates/recent-calls.ts'
import { defaultLimits, type RecorderOptions } from './recorder-options.ts'
import { createResumedSessions } from './recovery/resume-sessions.ts'
import { runSession, type RunningSession, type SegmentBefore, type SessionParts } from './run-session.ts'
import { isStopped, placeOf, recordingIn } from './reading/read-session.ts'
import { withMark } from './machine/recording-outcome.ts'
import type { Offer, PartyFacts, Reoffer } from './machine/session-types.ts'
import { refusedUnheard } from '../siprec/answer-offer.ts'
import type { Refusal } from '../siprec/refusal.ts'
import { clientClock, transferTime } from './machine/reported-times.ts'
import { createDuplicateSessions } from './duplicates/duplicate-sessions.ts'
import { watchSessions } from './watch-sessions.ts'
import { answeringOfficial } from './machine/answering-official.ts'

export interface Recorder {
  handler: SipHandler
  readonly live: number
  /** Number of sessions of {@link live} that have ended and only wait for their recording to be stored. */
  ending(): number
  readonly recording: number
  readonly counters: Readonly<RecorderCounters>
  /** Returns the facts of calls in progress. */
  going(): SegmentFacts[]
  /** Returns recordings of calls in progress; with `remembered` also those of the last day, to which a call may return. */
  recordings(which: 'going' | 'remembered'): string[]
  /** Forbids a recording (R49): its segment is recorded no further, and the recording so far is destroyed or stored. */
  forbid(recordingId: string, destroys: boolean): Promise<void>
  /** Ends every session as if the end signal had come, before the process exits. */
  stop(): Promise<void>
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { clock, quotas, random } = options
  const limits = { ...defaultLimits, ...options.limits }
  const stopping = new AbortController()
  const counters = noRecorderCounts()
  /** By dialog id. */
  const sessions = new Map<string, RunningSession>()
  const bySegment = new Map<string, RunningSession>()
  const times = new WeakMap<SegmentBefore, () => Temporal.Instant>()
  /** Sessions that continue in a duplicate. */
  const inherited = new WeakSet<RunningSession>()
  const reader = createRequestReader(options)
  const recent = createRecentCalls()
  for (const facts of options.leftBehind ?? []) {
    recent.remember(facts.callIds, remembered(facts, false))
  }
  const describe = createDescribeRequest({ options, reader, recent })
  const unkept = createUnrecordedSessions(options.mediaAddress)
  const conferences = createConferences({ recent, bySegment, reader, random })
  const completions = createCompletions({ options, counters, hold })
  const halves = createSplitDirectionSessions({ options, sessions, hold })
  const duplicates = createDuplicateSessions({
    ...{ options, limits, sessions, reader, hold, forget },
    onMoved(session, facts, isOriginal) {
      if (isOriginal) inherited.delete(session)
      else inherited.add(session)
      counters.movedOn++
      hold(session)
      options.onFacts?.(session.dialog.id, facts)
    },
    passOn: (session, { incoming, invitation }) => passOn(session, incoming, invitation, nowOf(session)),
  })
  const beside = { halves, duplicates }
  const resumed = createResumedSessions({
    ...{ options, limits, sessions, reader, recent, beside, inherited, counters, start, end },
  })
  const watching = watchSessions({ options, limits, sessions, reader, resumed, end })

  /** Saves a session for the next process. */
  function hold(session: RunningSession): void {
    resumed.hold(session)
  }

  /** Returns the time by the call's own clock, unaffected by changes of the system clock. */
  function nowOf(session: RunningSession | undefined): Temporal.Instant {
    return (session && times.get(session)?.()) ?? clock.now()
  }

  function read(incoming: IncomingRequest, arrivedAt: Temporal.Instant, before?: KnownBefore) {
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
    if (refusedAtEnd(invite, stopping.signal)) return
    counters.offered++
    const now = clock.now()
    const found = read(invite, now)
    if (found === 'refused') return
    options.clients?.record(invite, found.invitation, reader.trunkOf(invite)?.name)
    // RFC 3891 section 3: the new session replaces the named one, which ends once the new one is answered.
    const replaced = invite.replaces && sessions.get(invite.replaces.id)
    if (invite.replaces) resumed.drop(invite.replaces.id)
    if (replaced) noLongerLive(replaced)
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

  function isSameContact({ state: one }: RunningSession, { state: other }: RunningSession): boolean {
    if (one?.phase !== 'live' || other?.phase !== 'live') return false
    return one.session.facts.contactId === other.session.facts.contactId
  }

  /**
   * Begins a segment, unless the call does not belong to this register. `before`: the segment of the same session that ends
   * with it.
   * @returns true if the segment was begun and answered
   */
  async function begin(
    incoming: Invite | IncomingRequest,
    { invitation, answeredAt }: Found,
    now: Temporal.Instant,
    before?: SegmentBefore,
    passedOn?: Offer['passedOn'],
    earlier?: EarlierSegment,
  ): Promise<boolean> {
    const offer = describe(incoming, { invitation, answeredAt }, now, earlier)
    const duplicate = offer === 'outside' ? undefined : recent.findDuplicate(offer.facts, reader.trunkNameOf(incoming))
    const first = duplicate && bySegment.get(duplicate.segmentId)
    if (invitation.isUnheard && offer !== 'outside' && (duplicate || offer.facts.captureFailure === unheardMedia)) {
      refuse(incoming, refusedUnheard)
      return false
    }
    if (offer !== 'outside') reportCaller(invitation, offer.facts)
    if (first && (await halves.join(incoming, invitation, first))) return false
    // It was opening, and failed.
    if (first?.state?.phase === 'over')
      return begin(incoming, { invitation, answeredAt }, now, before, passedOn, earlier)
    if (first && offer !== 'outside') {
      await completions.byAnother(first, offer)
      reader.begin(incoming, clock.monotonicMs(), clientClock(invitation, now))
      await duplicates.join({ incoming, invitation }, first)
      if (!duplicates.has(incoming.dialog.id)) reader.forget(incoming.dialog.id)
      return false
    }
    if (offer === 'outside') await leaveOutside(incoming, invitation)
    if (offer === 'outside' || duplicate) {
      // Not this register's call (R8), or already reported by another session: answered, and not recorded.
      unkept.answer(incoming, invitation)
      return false
    }

    const facts = withIntakeKey(offer.facts, options)
    quotas.count(facts)
    if (facts.recording) counters.recorded++
    else counters.historyOnly++
    const session = start(facts, incoming.dialog, before)
    reader.begin(incoming, clock.monotonicMs(), clientClock(invitation, now))
    if ('onCancel' in incoming) incoming.onCancel(() => void end(session, false))
    // A request that was answered as a duplicate's gets no second answer.
    const request = incoming.answered ? undefined : { request: incoming, offer: invitation.offer }
    const more = {
      passedOn,
      mayBeDecidedAnew: canDecideAgain(invitation, facts),
      tellsMedia: describesMedia(incoming, invitation),
    }
    const received = conferences.ofOffer(invitation, facts, now, session)
    await session.dispatch({ type: 'offered', offer: { ...offer, ...more, ...received, facts } }, request)
    hold(session)
    return true
  }

  function start(facts: SegmentFacts, dialog: Dialog, before?: SegmentBefore, beganMs?: number): RunningSession {
    recent.remember(facts.callIds, remembered(facts, true))
    // A transferred call keeps one clock.
    const time = (before && times.get(before)) ?? timeFromNow(clock)
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
        // If the call was transferred within its session, the session continues.
        const id = dialogNow()
        if (sessions.get(id) === bySegment.get(segmentId)) forget(id)
        bySegment.delete(segmentId)
        recent.ended(segmentId, time())
        if (!entered) quotas.forget(segmentId)
      },
    }
    const session = runSession(dialog, parts, before)
    times.set(session, time)
    sessions.set(dialog.id, session)
    unkept.forget(dialog.id)
    bySegment.set(segmentId, session)
    return session
  }

  function forget(dialogId: string): void {
    sessions.delete(dialogId)
    duplicates.ended(dialogId)
    unkept.forget(dialogId)
    reader.forget(dialogId)
    resumed.forget(dialogId)
  }

  async function onChange(incoming: IncomingRequest): Promise<void> {
    if (refusedAtEnd(incoming, stopping.signal)) return
    const { id } = incoming.dialog
    const session = await resumed.resumeIn(id)
    if (halves.has(id)) return halves.change(incoming, (...answer) => incoming.respond(...answer))
    const now = nowOf(session)
    const found = read(incoming, now, duplicates.knownOf(id) ?? knownOf(session) ?? unkept.knownOf(id))
    if (found === 'refused') return
    const { invitation } = found
    if (await leaveOutside(incoming, invitation, session)) return unkept.answer(incoming, invitation)
    if (duplicates.has(id) && !leaveDuplicate(incoming, invitation, now)) {
      const { first } = duplicates.find(id) ?? {}
      if (first?.state?.phase === 'live') reportCaller(invitation, first.state.session.facts)
      return duplicates.change({ incoming: incoming, invitation })
    }
    if (!session) {
      // The session is answered and not recorded until its call belongs to this register.
      if (!hasStarted(invitation)) return unkept.answer(incoming, invitation)
      const { before, passedOn } = unkept.find(id) ?? {}
      await begin(incoming, found, now, before, passedOn)
      return
    }
    const facts = session.state?.phase === 'live' ? session.state.session.facts : undefined
    if (facts && answeringOfficial(invitation, facts.official) === 'passed-on') {
      return passOn(session, incoming, invitation, now)
    }
    const later = facts
      ? decideLater(invitation, facts, () => describe(incoming, found, now, remembered(facts, true)))
      : 'as-before'
    const isAnothers = facts && inherited.has(session) && isOfAnother(incoming, invitation, facts, now)
    if (later === 'another' || isAnothers) return passOn(session, incoming, invitation, now)
    const reoffer = { ...reofferOf(invitation, session), tellsMedia: describesMedia(incoming, invitation) }
    if (facts) reoffer.facts = withContact(reoffer.facts, facts, invitation, now)
    const request = { request: incoming, offer: invitation.offer }
    if (facts && later !== 'as-before') {
      recent.learn(facts, callIdsOf(invitation))
      const by = { offer: reoffer, pending: request }
      await completions.complete(session, facts, later, canDecideAgain(invitation, later.facts), by)
    } else await session.dispatch({ type: 'reoffered', offer: reoffer }, request)
    hold(session)
    if (facts) conferences.settle(facts)
  }

  /** Adds the contact of a caller reported only now, which may not be that of the ids (docs/decisions/0111). */
  function withContact(
    reported: PartyFacts,
    facts: SegmentFacts,
    { parties }: CallInvitation,
    now: Temporal.Instant,
  ): PartyFacts {
    const { awaitsCaller, trunk, callIds, contactId: taken, numberCalled, numberReached } = facts
    if (!awaitsCaller || !reported.caller || trunk === undefined) return reported
    const own = recent.find(
      callIds,
      trunk,
      { caller: reported.caller, numbers: parties.connected.numbers, from: parties.from },
      now,
    )
    if (own === undefined || (own !== 'others' && own.contactId === taken)) return reported
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

  /** Reports a caller to the call's other sessions that have guessed the client's own number, or this one. */
  function reportCaller(invitation: CallInvitation, facts: SegmentFacts): void {
    const caller = reportedCallerOf(invitation)
    if (!caller || isUnknownCaller(caller)) return
    const ofCall = recent.live(facts).filter(({ contactId }) => contactId === facts.contactId)
    // An official in no directory who passes the call on is reported as the caller.
    if (ofCall.some(({ official }) => official === caller.key)) return
    for (const { segmentId, callerIsGuess, caller: known } of ofCall) {
      const isDisproved =
        known.key === caller.key || (known.key !== null && invitation.parties.from.includes(known.key))
      if (callerIsGuess && isDisproved) void bySegment.get(segmentId)?.dispatch({ type: 'caller-reported', caller })
    }
  }

  /**
   * Detaches a duplicate whose caller is reported only now and is another caller: the session continues alone.
   * @returns true if it was detached
   */
  function leaveDuplicate(incoming: SessionRequest, invitation: CallInvitation, now: Temporal.Instant): boolean {
    const { id } = incoming.dialog
    const { first, leg } = duplicates.find(id) ?? {}
    const facts = first?.state?.phase === 'live' ? first.state.session.facts : undefined
    if (!leg || !facts || !isOfAnother(incoming, invitation, facts, now)) return false
    const { described, sdpSessionId } = leg
    const { streams, answerVersion } = leg.place
    duplicates.leave(id)
    unkept.take(id, { described, streams, answerVersion, sdpSessionId })
    return true
  }

  /** Returns true if a duplicate, or a session that continues in one, reports a caller whose call this is not. */
  function isOfAnother(
    incoming: SessionRequest,
    invitation: CallInvitation,
    facts: SegmentFacts,
    now: Temporal.Instant,
  ): boolean {
    const caller = reportedCallerOf(invitation)
    if (!caller || !hasStarted(invitation)) return false
    const { numbers, left } = invitation.parties.connected
    const callIds = [...new Set([...callIdsOf(invitation), ...facts.callIds])]
    const reported = { caller, numbers: [...numbers, ...left], from: invitation.parties.from }
    const own = recent.find(callIds, reader.trunkNameOf(incoming), reported, now)
    return own === 'others' || (own !== undefined && own.contactId !== facts.contactId)
  }

  /**
   * Ends sessions of a call that only now proves not to belong to this register (R8), and leaves nothing of them: the request's
   * own session, and others of its call that have sent only SDP.
   * @returns true if there were any
   */
  async function leaveOutside(
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
    for (const session of waiting) await leave(session)
    return waiting.length > 0
  }

  async function leave(session: RunningSession): Promise<void> {
    const { dialog, state, described, sdpSessionId } = session
    if (state?.phase !== 'live') return
    const { facts, streams, answerVersion } = state.session
    await session.dispatch({ type: 'outside' })
    recent.forget(facts.segmentId)
    counters.historyOnly--
    unkept.take(dialog.id, { described, streams, answerVersion, sdpSessionId })
  }

  /** Ends the segment and begins another on the same ports, at the instant in the metadata (R17). */
  async function passOn(
    session: RunningSession,
    incoming: IncomingRequest,
    invitation: CallInvitation,
    now: Temporal.Instant,
  ): Promise<void> {
    const began = session.state?.phase === 'live' ? session.state.session.facts.answeredAt : undefined
    const answeredAt = transferTime(invitation, reader.clockOf(incoming.dialog.id), began, now)
    noLongerLive(session)
    const facts = session.state?.phase === 'live' ? session.state.session.facts : undefined
    // A session without a reported caller has the caller of the segment before.
    const earlier = facts && !callerOf(invitation) ? remembered(facts, true) : undefined
    await begin(incoming, { invitation, answeredAt }, now, session, placeOf(session), earlier)
    await session.dispatch({ type: 'ended', at: answeredAt, inferred: false })
  }

  function reofferOf(invitation: CallInvitation, session: RunningSession): Reoffer {
    const { state, dialog } = session
    const known = state?.phase === 'over' ? undefined : state?.session.facts
    const now = nowOf(session)
    const reoffer = describeReoffer(invitation, known, reader.clockOf(dialog.id), now)
    return known ? { ...reoffer, others: conferences.others(invitation, known, now) } : reoffer
  }

  /** Handles the answer to our own offer, in the ACK. */
  async function onAck(dialog: Dialog, request: SipRequest): Promise<void> {
    reader.acknowledge(dialog.id)
    const session = sessions.get(dialog.id)
    if (session?.state?.phase === 'live') conferences.settle(session.state.session.facts)
    const incoming = { request, source: dialog.source, dialog }
    if (request.body.length === 0) return
    if (halves.has(dialog.id)) return halves.change(incoming)
    const isDuplicate = duplicates.has(dialog.id)
    const found =
      (session || isDuplicate) &&
      reader.read(incoming, nowOf(session), duplicates.knownOf(dialog.id) ?? knownOf(session))
    if (found && 'invitation' in found && (await leaveOutside(incoming, found.invitation, session))) return
    if (isDuplicate && found && 'invitation' in found) duplicates.acknowledged(dialog.id, found.invitation.streams)
    if (!session || !found || !('invitation' in found) || !found.invitation.offer) return
    await session.dispatch({ type: 'reoffered', offer: { ...reofferOf(found.invitation, session), inAck: true } })
    hold(session)
  }

  /** Returns true if the BYE is the first request to show that the call does not belong to this register. */
  async function isLeftAtEnd(session: RunningSession, bye: IncomingRequest): Promise<boolean> {
    if (bye.request.body.length === 0) return false
    const found = reader.read(bye, nowOf(session), knownOf(session))
    if (!('invitation' in found) || !(await leaveOutside(bye, found.invitation, session))) return false
    unkept.forget(bye.dialog.id)
    return true
  }

  function end(session: RunningSession, inferred: boolean, silentMs = 0): Promise<void> {
    if (inferred) counters.endsInferred++
    noLongerLive(session)
    const at = nowOf(session).subtract({ milliseconds: Math.round(silentMs) })
    return session.dispatch({ type: 'ended', at, inferred })
  }

  /** Frees the segment's place at once: a transfer begins with a BYE and a new INVITE a moment later (NetSapiens). */
  function noLongerLive({ state }: RunningSession): void {
    if (!state || state.phase === 'over') return
    recent.ended(state.session.facts.segmentId, clock.now())
    conferences.settle(state.session.facts)
  }

  return {
    handler: {
      onInvite,
      onReinvite: onChange,
      // A client does not notice our restart, and sends media to the old ports until its next request (a hold, a refresh).
      // The request has a complete offer, and our answer brings the media back, as one more segment of the call.
      async onUnknownDialogInvite(invite) {
        await onInvite(invite)
        return invite.answered
      },
      onUpdate: onChange,
      onDialogResumed: (dialog) => resumed.open(dialog),
      onAck,
      async onBye(request) {
        // The call continues in another of its sessions, which must be resumed first.
        if (resumed.hasDuplicates(request.dialog.id)) await resumed.resumeIn(request.dialog.id)
        const session = sessions.get(request.dialog.id)
        unkept.forget(request.dialog.id)
        halves.leave(request.dialog.id)
        duplicates.leave(request.dialog.id)
        resumed.drop(request.dialog.id)
        if (!session || (await isLeftAtEnd(session, request))) return
        // A BYE ends its session. The call ends with the last of its sessions, or when one reports that it is over.
        const endedAgoMs = reader.endedAgoMs(request, nowOf(session), knownOf(session))
        if (endedAgoMs === undefined && duplicates.failOver(session, 'has-ended')) return
        // The answer does not wait for the last packets.
        void end(session, false, endedAgoMs)
      },
      onDialogLost(dialog, reason) {
        const session = sessions.get(dialog.id)
        unkept.forget(dialog.id)
        if (duplicates.has(dialog.id) && reason === 'not-acknowledged' && reader.wasAcknowledged(dialog.id))
          return 'keep'
        halves.leave(dialog.id)
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
    going: () => [...sessions.values()].flatMap(({ state }) => (state?.phase === 'live' ? [state.session.facts] : [])),
    recordings: (which) =>
      which === 'remembered'
        ? recent.recordings()
        : [...bySegment.values()].flatMap(({ state }) => recordingIn(state) ?? []),
    async forbid(recordingId, destroys) {
      recent.forbid(recordingId)
      for (const session of bySegment.values()) {
        if (recordingIn(session.state) !== recordingId) continue
        await session.forbid(destroys)
        hold(session)
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
          // The next process may learn whose call it is.
          await (awaits ? session.passOn()?.closeAll() : end(session, true))
        }),
      )
    },
  }
}
