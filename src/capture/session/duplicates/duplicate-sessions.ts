/**
 * Duplicate sessions (RFC 7245, redundant recording): sessions of a call that another session already records, for example from
 * a second recording client. Their streams are received and discarded. When the recording session ends or becomes silent, a
 * duplicate takes over its segment. Duplicates have no segment and no contact of their own.
 */
import type { SegmentFacts } from '#register/admit.ts'
import type { IncomingRequest } from '../../sip/handler.ts'
import type { HeldPort } from '../../rtp/hold-ports.ts'
import { ownOfferPlan, type StreamPlan } from '../../siprec/answer-offer.ts'
import { answerSession } from '../machine/answer-session.ts'
import { officialOf, type CallInvitation } from '../machine/describe-segment.ts'
import type { KnownSessionData, RequestReader } from '../reading/read-requests.ts'
import { sessionStreamsOptions, type RecorderLimits, type RecorderOptions } from '../recorder-options.ts'
import { newSdpSessionId, type PreviousSegment, type RunningSession, type SessionLeg } from '../run-session.ts'
import { recordingIn, trunkIn } from '../reading/read-session.ts'
import { allInactive, allPaused } from '../media/accepted-streams.ts'
import type { Offer, SessionState, Withholding } from '../machine/session-types.ts'
import { createSessionStreams, type SessionStreams } from '../media/session-streams.ts'
import { officialKeyOf } from './recent-calls.ts'
import { compareOfficials, withholdingFor } from '../machine/answering-official.ts'

export interface SessionRequest {
  incoming: IncomingRequest
  invitation: CallInvitation
}

export interface DuplicateSessions {
  /** Answers a session and registers it as a duplicate of `first`. */
  join(request: SessionRequest, first: RunningSession): Promise<void>
  has(dialogId: string): boolean
  /** Returns the known state of a duplicate, which is needed to read a later request. */
  knownOf(dialogId: string): KnownSessionData | undefined
  change(request: SessionRequest): Promise<void>
  /** Applies the client's answer to our own offer, which arrives in the ACK. */
  acknowledged(dialogId: string, streams: readonly StreamPlan[]): void
  /** Returns the recording session of a duplicate, and the duplicate's own leg. */
  find(dialogId: string): { first: RunningSession | undefined; leg: SessionLeg } | undefined
  /**
   * Returns true if a request of a duplicate is the first to name its official, another than the recording session's: the
   * session is the other official's own, of a conference.
   */
  namesOwnOfficial(dialogId: string, invitation: CallInvitation): boolean
  /** Removes a duplicate that continues as a separate session, and returns its state with its open ports. */
  detach(dialogId: string): { before: PreviousSegment; previousState: NonNullable<Offer['previousState']> } | undefined
  /** Removes a session that has ended. Returns false if it is not a duplicate. */
  leave(dialogId: string): boolean
  /**
   * Moves the segment of a session, with its recording, to one of its duplicates (R17).
   * @returns false if no duplicate is alive; then nothing is changed
   */
  failOver(session: RunningSession, reason: 'has-ended' | 'is-silent'): boolean
  /** Returns the duplicates of a session, to be saved with it. */
  legsOf(first: RunningSession): SessionLeg[]
  /** Restores a saved duplicate of a session that this process resumes. */
  resume(leg: Omit<SessionLeg, 'streams'>, ports: ReadonlyMap<number, HeldPort>, first: RunningSession): void
  /**
   * Returns true if a duplicate of a session reports that others than its official and the caller are in the call.
   * @param opening facts of the session's next segment, which has not begun
   */
  isReportedByDuplicate(first: RunningSession, opening?: SegmentFacts): boolean
  /** Call this when the client of a session has itself reported a transfer: earlier reports of duplicates do not count any more. */
  forgetReportedTransfers(firstDialogId: string): void
  /** Moves the duplicates of a session to the session that replaces it (RFC 3891). */
  replace(first: RunningSession, by: RunningSession): void
  /** Drops the duplicates of a session that has ended. */
  ended(firstDialogId: string): void
  stop(): void
}

interface DuplicateSession {
  firstId: string
  leg: SessionLeg
  /** The client's last request; undefined if unknown. */
  lastRequest: SessionRequest | undefined
  lastRequestMs: number
  /** The client's last request with metadata; undefined if unknown. */
  lastReport: CallInvitation | undefined
  beganMs: number
  receivedMs: number | undefined
  received: number
  /** Consecutive checks with packets from this duplicate and none from the recording session. */
  aloneFor: number
  /** True for the session in which the recording began. It takes the recording back as soon as it receives packets again. */
  isOriginal: boolean
  /** Consecutive checks with packets. */
  receivingFor: number
  /** Consecutive checks since its client has reported a transfer that the recording session's client does not report. */
  transferredFor: number
}

/** Failover needs `checksBeforeFailover` checks, so at most 1 s is lost between the last packet of one session and the first of the other. */
const checkMs = 200
const checksBeforeFailover = 4
/** The clients of a call report a transfer at slightly different times: 2 s. Meanwhile nothing is recorded. */
const checksBeforeTransfer = 10
/** Maximum failovers of a recording, for example with a flapping line: each uses new stream numbers, which have one byte. */
const maxFailovers = 50

export function createDuplicateSessions(parts: {
  options: Pick<RecorderOptions, 'ports' | 'random' | 'latchesOf' | 'clock' | 'mediaAddress'>
  limits: RecorderLimits
  /** Sessions by dialog id. */
  sessions: Map<string, RunningSession>
  reader: RequestReader
  /** Finds out if a session is in a conference, after a change of its duplicates. */
  settle: (first: RunningSession) => void
  /** Saves a session and its duplicates. */
  save: (first: RunningSession) => void
  /** Called after a session has moved to another dialog. `isOriginal`: the dialog in which it began. */
  onFailover: (session: RunningSession, facts: SegmentFacts, isOriginal: boolean) => void
  /** Deletes everything about a dialog. */
  forget: (dialogId: string) => void
  /** Called if the duplicate's client has meanwhile reported a transfer to another official. */
  transfer: (session: RunningSession, request: SessionRequest) => Promise<void>
}): DuplicateSessions {
  const { options, limits, sessions, reader, save: saveSession } = parts
  const { clock, mediaAddress, random } = options
  const duplicates = new Map<string, DuplicateSession>()
  /** Ids of dialogs that joined as duplicates. */
  const duplicateIds = new Set<string>()
  /** Packets of each recording session at the last check, and its failovers. */
  const lastChecks = new WeakMap<RunningSession, { received: number; moves: number }>()
  const timer = setInterval(check, checkMs)
  timer.unref()

  function onChanged(firstId: string): void {
    const first = sessions.get(firstId)
    if (!first) return
    saveSession(first)
    parts.settle(first)
  }

  const duplicatesOf = (firstId: string) => [...duplicates.values()].filter((one) => one.firstId === firstId)
  const isRecorded = (first: RunningSession | undefined) => recordingIn(first?.state) !== undefined

  function newStreams(first: RunningSession | undefined): SessionStreams {
    return createSessionStreams(sessionStreamsOptions(options, trunkIn(first?.state)))
  }

  /**
   * Opens, closes and retargets ports to match the plans. Returns undefined if no port is free; the session is then answered as
   * not recorded.
   */
  async function receive(
    leg: SessionLeg,
    plans: readonly StreamPlan[],
    first: RunningSession | undefined,
  ): Promise<SessionLeg['streams']> {
    const acceptedPlans = plans.filter(({ accepted }) => accepted)
    const streams = leg.streams ?? newStreams(first)
    const known = streams.ports
    const wanted = new Set(acceptedPlans.map(({ index }) => index))
    streams.close([...known.keys()].filter((index) => !wanted.has(index)))
    for (const plan of acceptedPlans) if (known.has(plan.index)) streams.retarget(plan)
    await streams.add(acceptedPlans.filter(({ index }) => !known.has(index)))
    return streams.ports.size > 0 ? streams : undefined
  }

  function answer({ incoming, invitation }: SessionRequest, leg: SessionLeg): { sent: boolean; leg: SessionLeg } {
    const { streams, place, sdpSessionId } = leg
    const { sent, described } = answerSession(incoming, invitation.offer, leg.described, {
      ...{
        mode: streams ? 'record' : 'historyOnly',
        version: place.answerVersion,
        streams: place.streams,
        sdpSessionId,
      },
      ...{ ports: streams?.ports ?? new Map<number, number>(), ownKey: streams?.ownKey, mediaAddress },
    })
    return { sent, leg: { ...leg, described } }
  }

  function addDuplicate(leg: SessionLeg, request: SessionRequest | undefined, first: RunningSession): void {
    const now = clock.monotonicMs()
    const none = { receivedMs: undefined, received: receivedOf(leg), aloneFor: 0, receivingFor: 0, transferredFor: 0 }
    const isOriginal = !duplicateIds.has(leg.dialog.id)
    duplicates.set(leg.dialog.id, {
      firstId: first.dialog.id,
      leg,
      lastRequest: request,
      lastRequestMs: now,
      lastReport: request?.invitation,
      beganMs: now,
      ...none,
      isOriginal,
    })
    onChanged(first.dialog.id)
  }

  function receivedOf(leg: SessionLeg): number {
    return (leg.streams?.reports() ?? []).reduce((total, { received }) => total + received, 0)
  }

  function check(): void {
    const firsts = new Set([...duplicates.values()].map(({ firstId }) => firstId))
    for (const firstId of firsts) {
      const first = sessions.get(firstId)
      const state = first?.state?.phase === 'live' ? first.state.session : undefined
      if (!first?.media || !state) continue
      const before = lastChecks.get(first) ?? { received: 0, moves: 0 }
      const received = first.media.received()
      lastChecks.set(first, { ...before, received })
      // On hold and during a consultation, silence is expected.
      const isQuiet = received === before.received && state.facts.captureState !== 'paused' && !state.withholds
      for (const duplicate of duplicatesOf(firstId)) {
        const now = receivedOf(duplicate.leg)
        const isHeard = now !== duplicate.received
        if (isHeard) duplicate.receivedMs = clock.monotonicMs()
        duplicate.received = now
        duplicate.aloneFor = isHeard && isQuiet ? duplicate.aloneFor + 1 : 0
        duplicate.receivingFor = isHeard ? duplicate.receivingFor + 1 : 0
        const { place } = duplicate.leg
        const isTransfer = place.hasPassedOn === true && namesAnotherOfficial(place, state.facts)
        duplicate.transferredFor = isTransfer ? duplicate.transferredFor + 1 : 0
      }
      if (before.moves >= maxFailovers || !duplicatesOf(firstId).some(mustTakeOver)) continue
      lastChecks.set(first, { received, moves: before.moves + 1 })
      failOver(first, 'is-silent')
    }
  }

  /**
   * Returns true if a duplicate must take over: it alone receives packets, it is the original session and receives packets
   * again, or its client alone has reported a transfer.
   */
  function mustTakeOver({ aloneFor, isOriginal, receivingFor, transferredFor }: DuplicateSession): boolean {
    if (transferredFor >= checksBeforeTransfer) return true
    return aloneFor >= checksBeforeFailover || (isOriginal && receivingFor >= checksBeforeFailover)
  }

  function drop(duplicate: DuplicateSession): void {
    duplicate.leg.streams?.closeAll()
    const first = sessions.get(duplicate.firstId)
    // The others whom this client alone has reported may still be in the call.
    if (first && reportsOthers(duplicate, first)) void first.dispatch({ type: 'marked', mark: 'needs-review' })
    forgetDuplicate(duplicate)
    reader.forget(duplicate.leg.dialog.id)
  }

  function forgetDuplicate({ leg, firstId }: DuplicateSession): void {
    duplicates.delete(leg.dialog.id)
    duplicateIds.delete(leg.dialog.id)
    onChanged(firstId)
  }

  const hasOriginalReturned = (duplicate: DuplicateSession) =>
    duplicate.isOriginal && duplicate.receivingFor >= checksBeforeFailover

  /** Returns true if a duplicate's client alone reports a consultation, a conference or another official. */
  function reportsOthers(duplicate: DuplicateSession, { state }: RunningSession, opening?: SegmentFacts): boolean {
    const { leg, lastReport } = duplicate
    const facts = opening ?? (state?.phase === 'live' && !state.session.withholds ? state.session.facts : undefined)
    if (!facts || !reader.wasAcknowledged(leg.dialog.id)) return false
    // Compared with the present official: a client may report a consultation before the other reports the transfer.
    const withholds = lastReport ? withholdingFor(lastReport, facts) : leg.place.withholds
    return withholds !== undefined || namesAnotherOfficial(leg.place, facts)
  }

  function namesAnotherOfficial({ claims }: SessionLeg['place'], { official }: SegmentFacts): boolean {
    return claims !== undefined && official?.personId !== undefined && official.personId !== claims
  }

  /** Returns true if the duplicate's client appears to be alive. */
  function isAlive({ leg, beganMs, receivedMs }: DuplicateSession, first: RunningSession): boolean {
    if (!isRecorded(first)) return true
    if (!leg.streams) return false
    return leg.place.paused || clock.monotonicMs() - (receivedMs ?? beganMs) < limits.noMediaMs
  }

  /** Removes and returns the best live duplicate of a session, and makes the other duplicates its duplicates. */
  function takeSuccessor(first: RunningSession): DuplicateSession | undefined {
    const firstId = first.dialog.id
    const alive = duplicatesOf(firstId).filter((duplicate) => isAlive(duplicate, first))
    const [successor] = alive.sort(
      (a, b) =>
        b.transferredFor - a.transferredFor ||
        Number(hasOriginalReturned(b)) - Number(hasOriginalReturned(a)) ||
        b.aloneFor - a.aloneFor ||
        b.receivingFor - a.receivingFor,
    )
    if (!successor) return undefined
    const { id } = successor.leg.dialog
    duplicates.delete(id)
    reassignDuplicates(id, firstId)
    return successor
  }

  function reassignDuplicates(firstId: string, beforeId: string): void {
    for (const duplicate of duplicatesOf(beforeId))
      Object.assign(duplicate, { firstId, aloneFor: 0, receivingFor: 0, transferredFor: 0 })
  }

  function failOver(session: RunningSession, reason: 'has-ended' | 'is-silent'): boolean {
    const successor = session.state?.phase === 'live' ? takeSuccessor(session) : undefined
    if (!successor) return false
    const beforeId = session.dialog.id
    const { leg, lastRequest: request } = successor
    const isNewer = successor.lastRequestMs > reader.beganMs(beforeId, 0)
    sessions.delete(beforeId)
    sessions.set(leg.dialog.id, session)
    const hasEnded = reason === 'has-ended'
    void session.moveTo(leg, hasEnded).then(async (previous) => {
      const state = session.state?.phase === 'live' ? session.state.session : undefined
      const named = officialKeyOf(state?.facts.official)
      if (previous && !hasEnded) addDuplicate({ ...previous, place: { ...previous.place, named } }, undefined, session)
      else parts.forget(beforeId)
      // The session ended before the move.
      if (!previous) {
        leg.streams?.closeAll()
        parts.forget(leg.dialog.id)
      }
      if (!previous || !state) return
      parts.onFailover(session, state.facts, successor.isOriginal)
      if (request && isNewer && compareOfficials(request.invitation, state.facts.official) === 'transferred')
        await parts.transfer(session, request)
    })
    return true
  }

  return {
    async join(request, first) {
      const { incoming, invitation } = request
      const { dialog } = incoming
      duplicateIds.add(dialog.id)
      const offered = invitation.offer ? invitation.streams : [ownOfferPlan(incoming.source.address)]
      const place = {
        ...{ streams: offered, tracks: invitation.parties.streams, metadata: invitation.metadata, answerVersion: 1 },
        ...{ withholds: withholdingOf(invitation, first.state), paused: allInactive(offered) },
        ...namedIn(invitation, undefined),
      }
      const leg = { dialog, streams: undefined, place, described: undefined, sdpSessionId: newSdpSessionId(random) }
      const streams = isRecorded(first) ? await receive(leg, offered, first) : undefined
      const made = answer(request, { ...leg, streams })
      const isAccepted = made.sent && offered.some(({ accepted }) => accepted)
      if (isAccepted && first.state?.phase === 'live') addDuplicate(made.leg, request, first)
      else {
        streams?.closeAll()
        duplicateIds.delete(dialog.id)
      }
    },
    has: (dialogId) => duplicates.has(dialogId),
    knownOf(dialogId) {
      const duplicate = duplicates.get(dialogId)
      if (!duplicate) return undefined
      const { streams, metadata } = duplicate.leg.place
      const state = sessions.get(duplicate.firstId)?.state
      const answeredAt = state?.phase === 'live' ? state.session.facts.answeredAt : undefined
      return { streams, ...(metadata && { metadata }), answeredAt }
    },
    async change(request) {
      const duplicate = duplicates.get(request.incoming.dialog.id)
      if (!duplicate) return
      const { invitation } = request
      const { place } = duplicate.leg
      const first = sessions.get(duplicate.firstId)
      const streams = invitation.offer ? invitation.streams : place.streams
      const opened =
        invitation.offer && isRecorded(first) ? await receive(duplicate.leg, streams, first) : duplicate.leg.streams
      const paused = allPaused(streams)
      const next: SessionLeg['place'] = {
        ...{ streams, tracks: { ...place.tracks, ...invitation.parties.streams }, paused },
        metadata: invitation.metadata ?? place.metadata,
        withholds: withholdingOf(invitation, first?.state),
        ...namedIn(invitation, place),
        answerVersion: place.answerVersion + (invitation.offer ? 1 : 0),
      }
      opened?.pause(paused)
      duplicate.lastRequest = request
      if (invitation.metadata) duplicate.lastReport = invitation
      duplicate.lastRequestMs = clock.monotonicMs()
      duplicate.leg = answer(request, { ...duplicate.leg, place: next, streams: opened }).leg
      // The call has ended meanwhile.
      if (!duplicates.has(request.incoming.dialog.id)) opened?.closeAll()
      onChanged(duplicate.firstId)
    },
    acknowledged(dialogId, streams) {
      const duplicate = duplicates.get(dialogId)
      if (!duplicate) return
      for (const plan of streams) if (duplicate.leg.streams?.ports.has(plan.index)) duplicate.leg.streams.retarget(plan)
      duplicate.leg = { ...duplicate.leg, place: { ...duplicate.leg.place, streams } }
    },
    find(dialogId) {
      const duplicate = duplicates.get(dialogId)
      return duplicate && { first: sessions.get(duplicate.firstId), leg: duplicate.leg }
    },
    namesOwnOfficial(dialogId, invitation) {
      const { firstId, leg } = duplicates.get(dialogId) ?? {}
      const state = firstId === undefined ? undefined : sessions.get(firstId)?.state
      if (leg?.place.named !== undefined || state?.phase !== 'live') return false
      return compareOfficials(invitation, state.session.facts.official) === 'transferred'
    },
    detach(dialogId) {
      const duplicate = duplicates.get(dialogId)
      if (!duplicate) return undefined
      const { described, sdpSessionId, streams, place } = duplicate.leg
      forgetDuplicate(duplicate)
      let isDetached = false
      const before = {
        ...{ described, sdpSessionId },
        get hasStreams() {
          return streams !== undefined && !isDetached
        },
        detachStreams() {
          isDetached = true
          return streams
        },
      }
      const { answerVersion } = place
      return { before, previousState: { answerVersion, tracks: {}, ...(!streams && { isSilenced: true }) } }
    },
    leave(dialogId) {
      const duplicate = duplicates.get(dialogId)
      if (duplicate) drop(duplicate)
      return duplicate !== undefined
    },
    failOver,
    legsOf: (first) => duplicatesOf(first.dialog.id).map(({ leg }) => leg),
    resume(leg, ports, first) {
      duplicateIds.add(leg.dialog.id)
      const streams = newStreams(first)
      for (const plan of leg.place.streams) {
        const port = ports.get(plan.index)
        if (port) streams.adopt(plan, port)
      }
      streams.writeTo(undefined)
      addDuplicate({ ...leg, streams: ports.size > 0 ? streams : undefined }, undefined, first)
    },
    isReportedByDuplicate: (first, opening) =>
      duplicatesOf(first.dialog.id).some((duplicate) => reportsOthers(duplicate, first, opening)),
    forgetReportedTransfers(firstDialogId) {
      for (const { leg } of duplicatesOf(firstDialogId)) leg.place.claims = undefined
    },
    replace(first, by) {
      reassignDuplicates(by.dialog.id, first.dialog.id)
      saveSession(by)
    },
    ended(firstDialogId) {
      duplicateIds.delete(firstDialogId)
      for (const duplicate of duplicatesOf(firstDialogId)) drop(duplicate)
    },
    stop() {
      clearInterval(timer)
      for (const { leg } of duplicates.values()) leg.streams?.closeAll()
      duplicates.clear()
      duplicateIds.clear()
    },
  }
}

/** Returns the official whom a duplicate's client names, and whom it has begun to name. A repeated name changes nothing. */
function namedIn(
  invitation: CallInvitation,
  before: SessionLeg['place'] | undefined,
): Pick<SessionLeg['place'], 'named' | 'claims' | 'hasPassedOn'> {
  const official = officialOf(invitation)
  const named = officialKeyOf(official)
  if (named === undefined || named === before?.named) {
    return { named: before?.named, claims: before?.claims, hasPassedOn: before?.hasPassedOn }
  }
  return { named, claims: official?.personId, hasPassedOn: before?.named !== undefined }
}

function withholdingOf(invitation: CallInvitation, first: SessionState | undefined): Withholding | undefined {
  return withholdingFor(invitation, first?.phase === 'live' ? first.session.facts : undefined)
}
