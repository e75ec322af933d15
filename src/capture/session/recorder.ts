/**
 * The recorder: every session of this process. In: SIP requests, time. Out: sessions, each running by itself, and their
 * facts. Never here: SIP transactions (sip/), what a body means (siprec/), what a session does next (session.ts).
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { SegmentFacts } from '#register/admit.ts'
import type { Dialog, DialogLoss, IncomingRequest, Invite, SipHandler } from '../sip/handler.ts'
import type { SipRequest } from '../sip/message.ts'
import { answerUnkept } from './answer-unkept.ts'
import { productOf } from './clients-seen.ts'
import { describeReoffer } from './describe-reoffer.ts'
import { answeredAtOf, callIdsOf, describeSegment, officialOf, type CallInvitation } from './describe-segment.ts'
import { judgeSession } from './judge-session.ts'
import { createOtherHalves } from './other-half.ts'
import { noRecorderCounts, type RecorderCounters } from './recorder-counters.ts'
import { createRequestReader } from './read-requests.ts'
import { createRecentCalls, remembered, whoAnswers } from './recent-calls.ts'
import { mediaMeans, type RecorderLimits, type RecorderOptions } from './recorder-options.ts'
import { createResumedSessions } from './resume-sessions.ts'
import { runSession, type RunningSession, type SegmentBefore, type SessionWorld } from './run-session.ts'
import { answersOf, isStopped, recordingIn, type Reoffer } from './session.ts'
import { clientClockOf, toldEndOf } from './told-times.ts'
import { whoAnswersNow } from './who-answers-now.ts'

export interface Recorder {
  handler: SipHandler
  readonly live: number
  readonly recording: number
  readonly counters: Readonly<RecorderCounters>
  /** The facts of the calls going on. */
  going(): SegmentFacts[]
  /** Recordings of calls going on; or also of those of the last day, to which a call may come back. */
  recordings(which: 'going' | 'remembered'): string[]
  /** A recording is forbidden (R49): nothing more of that part of its call is recorded, what there is destroyed or stored. */
  forbid(recordingId: string, destroys: boolean): Promise<void>
  /** Ends every session as if the end signal had come: the process is being stopped. */
  stop(): Promise<void>
}

/** A request that was read. */
interface Found {
  invitation: CallInvitation
  answeredAt: Temporal.Instant
}

const defaults: RecorderLimits = {
  silenceEndsMs: 3 * 60_000,
  noMediaMs: 5_000,
  longestCallMs: 12 * 3_600_000,
  storeAgainMs: 5_000,
}
const lookMs = 2_000

export function createRecorder(options: RecorderOptions): Recorder {
  const { clock, quotas, spool, versionAt } = options
  const limits = { ...defaults, ...options.limits }
  const sessions = new Map<string, RunningSession>()
  const bySegment = new Map<string, RunningSession>()
  const reader = createRequestReader(options)
  const halves = createOtherHalves({ mediaAddress: options.mediaAddress, sdpSessionId: newSdpId })
  const recent = createRecentCalls()
  const counters = noRecorderCounts()
  for (const facts of options.leftBehind ?? []) {
    recent.remember(facts.callIds, remembered(facts, false))
  }
  const resumed = createResumedSessions({
    ...{ options, reader, recent },
    sessionOf: (dialogId) => sessions.get(dialogId),
    start(facts, dialog, before, beganMs) {
      counters.resumed++
      return start(facts, dialog, before, beganMs)
    },
  })
  const stopping = new AbortController()
  const watch = setInterval(lookAtSessions, lookMs)

  function newSdpId(): string {
    return String(options.random.uint32())
  }

  function read(incoming: IncomingRequest, arrivedAt: Temporal.Instant, before?: RunningSession) {
    const found = reader.read(incoming, arrivedAt, before)
    if ('invitation' in found) return found
    counters.refused++
    options.clients?.refused(incoming, found.reason, reader.trunkOf(incoming)?.name)
    options.onRefused?.({ status: found.status, reason: found.reason, client: incoming.source.address })
    incoming.respond(found.status, { reason: found.reason })
    return 'refused'
  }

  /** What is asked while the process stops goes to another recorder, or comes again when this one is back. */
  function refusedAtEnd(incoming: IncomingRequest): boolean {
    return (
      stopping.signal.aborted &&
      incoming.respond(503, { reason: 'Recorder Is Stopping', headers: { 'Retry-After': '5' } })
    )
  }

  async function onInvite(invite: Invite): Promise<void> {
    if (refusedAtEnd(invite)) return
    counters.offered++
    const now = clock.now()
    const found = read(invite, now)
    if (found === 'refused') return
    options.clients?.look(invite, found.invitation, reader.trunkOf(invite)?.name)
    // RFC 3891 section 3: the new session takes the place of the one it names, which ends once the new one is answered.
    const replaced = invite.replaces && sessions.get(invite.replaces.id)
    if (invite.replaces) resumed.drop(invite.replaces.id)
    if (replaced) noLongerLive(replaced)
    if (!(await begin(invite, found, now))) return
    if (replaced) {
      void end(replaced, false)
      void replaced.dialog.bye()
    }
  }

  /**
   * Begins a segment, unless it is none of this register's. `before`: the segment of the same session that ends with it.
   * @returns whether the segment was begun and answered
   */
  async function begin(
    asked: Invite | IncomingRequest,
    { invitation, answeredAt }: Found,
    now: Temporal.Instant,
    before?: RunningSession,
  ): Promise<boolean> {
    const callIds = callIdsOf(invitation)
    const ids = {
      segmentId: options.random.uuid(),
      contactId: options.random.uuid(),
      recordingId: options.random.uuid(),
    }
    const earlier = recent.find(callIds, now)
    const intakeDay = now.toZonedDateTimeISO('UTC').toPlainDate()
    const offer = describeSegment(invitation, {
      version: versionAt(answeredAt),
      drawKey: options.drawKey,
      quotaUsed: quotas.used(answeredAt),
      answeredAt,
      arrivedAt: now,
      ids,
      intakeDay,
      earlier,
      client: { trunk: reader.trunkOf(asked)?.name, client: productOf(asked.request) },
      isForbidden: recent.isForbidden(callIds, whoAnswers(officialOf(invitation))),
    })
    const twin =
      offer === 'outside'
        ? undefined
        : recent.findTwin(callIds, whoAnswers(offer.facts.official), offer.facts.numberReached.key)
    const first = twin && bySegment.get(twin.segmentId)
    if (first && (await halves.join(asked, invitation, first))) return false
    if (offer === 'outside' || twin) {
      // Not this register's call (R8), or one that another session tells of already: answered, and nothing is kept.
      answerUnkept(asked, invitation, options.mediaAddress)
      return false
    }

    const { facts } = offer
    quotas.count(facts)
    if (facts.recording) counters.recorded++
    else counters.historyOnly++
    const { dialog } = asked
    const session = start(facts, dialog, before)
    reader.begin(asked, clock.monotonicMs(), clientClockOf(invitation, now))
    if ('onCancel' in asked) asked.onCancel(() => void end(session, false))
    const passedOn = before && { answerVersion: answersOf(before) }
    await session.tell({ type: 'offered', offer: { ...offer, passedOn } }, { request: asked, offer: invitation.offer })
    resumed.hold(session)
    return true
  }

  function start(facts: SegmentFacts, dialog: Dialog, before?: SegmentBefore, beganMs?: number): RunningSession {
    recent.remember(facts.callIds, remembered(facts, true))
    const session = runSession(dialog, worldOf(facts, dialog.id, before, beganMs), before)
    sessions.set(dialog.id, session)
    bySegment.set(facts.segmentId, session)
    return session
  }

  function worldOf(
    { segmentId }: SegmentFacts,
    dialogId: string,
    before?: SegmentBefore,
    beganMs?: number,
  ): SessionWorld {
    let entered = false
    return {
      now: () => clock.now(),
      again: () => wait(limits.storeAgainMs, true, { signal: stopping.signal }).catch(() => false),
      note: (changed) => {
        options.onFacts?.(dialogId, changed)
        if (!entered) enteredFirst(changed)
        entered = true
        counters.packetsReceived += changed.recording?.stored?.packetsReceived ?? 0
        counters.packetsLost += changed.recording?.stored?.packetsLost ?? 0
        recent.learn(changed.segmentId, whoAnswers(changed.official))
        return spool.note(changed).catch((error: unknown) => {
          // The facts stay in memory and are admitted; only a crash before that would lose them.
          options.onFault(error, { segment: segmentId })
        })
      },
      objects: options.objects,
      mediaAddress: options.mediaAddress,
      sdpSessionId: before?.sdpSessionId ?? newSdpId(),
      media: (day) => mediaMeans(options, day, beganMs),
      onFault: (error) => options.onFault(error, { segment: segmentId }),
      onOver: () => {
        // Where its call was passed on within its session, that goes on.
        if (sessions.get(dialogId) === bySegment.get(segmentId)) {
          sessions.delete(dialogId)
          reader.forget(dialogId)
          resumed.forget(dialogId)
        }
        bySegment.delete(segmentId)
        recent.ended(segmentId)
        if (!entered) quotas.forget(segmentId)
      },
    }
  }

  function enteredFirst({ segmentId, contactId, marks }: SegmentFacts): void {
    if (marks.includes('needs-review')) counters.needsReview++
    if (!marks.includes('unknown-number')) return
    counters.unknownNumber++
    options.onUnknownNumber?.({ segmentId, contactId })
  }

  async function onChange(incoming: IncomingRequest): Promise<void> {
    if (refusedAtEnd(incoming)) return
    if (halves.has(incoming.dialog.id)) return halves.change(incoming, (...answer) => incoming.respond(...answer))
    const session = await resumed.askedIn(incoming.dialog.id)
    const now = clock.now()
    const found = read(incoming, now, session)
    if (found === 'refused') return
    const { invitation } = found
    if (!session) {
      // A session that is answered and not kept; it stays so.
      answerUnkept(incoming, invitation, options.mediaAddress)
      return
    }
    const state = session.state?.phase === 'live' ? session.state : undefined
    if (state && whoAnswersNow(invitation, state.session.facts.official) === 'passed-on') {
      return passOn(session, incoming, invitation, now)
    }
    await session.tell(
      { type: 'reoffered', offer: reofferOf(invitation, session) },
      { request: incoming, offer: invitation.offer },
    )
    resumed.hold(session)
  }

  /** The segment ends and another begins, at the instant that the metadata tell, on the same ports (R17). */
  async function passOn(
    session: RunningSession,
    incoming: IncomingRequest,
    invitation: CallInvitation,
    now: Temporal.Instant,
  ): Promise<void> {
    const told = answeredAtOf(invitation, now)
    const began = session.state?.phase === 'live' ? session.state.session.facts.answeredAt : undefined
    const isBetween = Temporal.Instant.compare(told, now) <= 0 && (!began || Temporal.Instant.compare(told, began) >= 0)
    const answeredAt = isBetween ? told : now
    noLongerLive(session)
    await begin(incoming, { invitation, answeredAt }, now, session)
    await session.tell({ type: 'ended', at: answeredAt, inferred: false })
  }

  function reofferOf(invitation: CallInvitation, { state, dialog }: RunningSession): Reoffer {
    const known = state?.phase === 'over' ? undefined : state?.session.facts
    return describeReoffer(invitation, known, reader.clockOf(dialog.id), clock.now())
  }

  /** The answer to our own offer comes with the ACK. */
  async function onAck(dialog: Dialog, request: SipRequest): Promise<void> {
    reader.acknowledge(dialog.id)
    const session = sessions.get(dialog.id)
    const asked = { request, source: dialog.source, dialog }
    if (session) resumed.hold(session)
    if (request.body.length === 0) return
    if (halves.has(dialog.id)) return halves.change(asked)
    const found = session && reader.read(asked, clock.now(), session)
    if (!session || !found || !('invitation' in found) || !found.invitation.offer) return
    await session.tell({ type: 'reoffered', offer: { ...reofferOf(found.invitation, session), inAck: true } })
    resumed.hold(session)
  }

  /** How long before this BYE its call ended, as the metadata tell that came with it or before. */
  function toldEndAgoMs(bye: IncomingRequest, session: RunningSession): number {
    const now = clock.now()
    const found = reader.read(bye, now, session)
    const told = 'invitation' in found && toldEndOf(found.invitation, reader.clockOf(bye.dialog.id), now)
    return told ? now.epochMilliseconds - told.epochMilliseconds : 0
  }

  function end(session: RunningSession, inferred: boolean, silentMs = 0): Promise<void> {
    if (inferred) counters.endsInferred++
    noLongerLive(session)
    const at = clock.now().subtract({ milliseconds: Math.round(silentMs) })
    return session.tell({ type: 'ended', at, inferred })
  }

  /** Its place is free at once: a transfer begins with a BYE and a new INVITE a moment later (NetSapiens). */
  function noLongerLive({ state }: RunningSession): void {
    if (state && state.phase !== 'over') recent.ended(state.session.facts.segmentId)
  }

  function lookAtSessions(): void {
    const nowMs = clock.monotonicMs()
    resumed.dropSilent(limits.silenceEndsMs)
    for (const [id, session] of sessions) {
      const found = judgeSession(session, nowMs - reader.beganMs(id, nowMs), limits)
      if (found.is === 'end') endByOurselves(session, found.silentMs)
      if (found.is === 'failing') {
        void session.tell({ type: 'capture-state', state: 'failing', failure: 'no-media' })
      }
      if (found.is === 'recovered') void session.tell({ type: 'capture-state', state: 'recording' })
    }
  }

  /**
   * A dialog that SIP gives up may belong to a call that goes on. OpenSIPS pauses with two re-INVITEs at once and never
   * acknowledges the answer to the first; ended after 64*T1, the rest of the call would be lost.
   */
  function goesOn({ dialog, media }: RunningSession, why: DialogLoss): boolean {
    if (why === 'not-acknowledged' && reader.wasAcknowledged(dialog.id)) return true
    return media !== undefined && media.heardAnything() && media.silentMs() < limits.noMediaMs
  }

  /** The end signal never came: the call ended when its media did. Some clients refuse our BYE, and it makes no difference. */
  function endByOurselves(session: RunningSession, silentMs: number): void {
    void end(session, true, silentMs)
    void session.dialog.bye()
  }

  return {
    handler: {
      onInvite,
      onReinvite: onChange,
      // The client notices nothing of our restart and sends media to the old ports until it asks for something (a hold,
      // a refresh); its offer is complete, and the answer brings the media back, as one more segment of the call.
      async onUnknownDialogInvite(invite) {
        await onInvite(invite)
        return invite.answered
      },
      onUpdate: onChange,
      onDialogResumed: (dialog) => resumed.open(dialog),
      onAck,
      onBye(request) {
        const session = sessions.get(request.dialog.id)
        halves.leave(request.dialog.id)
        resumed.drop(request.dialog.id)
        // The answer does not wait for the last packets.
        if (session) void end(session, false, toldEndAgoMs(request, session))
      },
      onDialogLost(dialog, why) {
        const session = sessions.get(dialog.id)
        halves.leave(dialog.id)
        resumed.drop(dialog.id)
        if (!session) return undefined
        if (goesOn(session, why)) return 'keep'
        void end(session, true, session.media?.silentMs() ?? 0)
        return undefined
      },
    },
    get live() {
      return sessions.size
    },
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
        resumed.hold(session)
      }
    },
    async stop() {
      clearInterval(watch)
      stopping.abort()
      resumed.stop()
      await Promise.all([...bySegment.values()].map((session) => end(session, true)))
    },
  }
}
