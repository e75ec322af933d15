import type { IncomingRequest } from '../../sip/handler.ts'
import { answerOffer, offerStream, type StreamPlan } from '../../siprec/answer-offer.ts'
import type { SessionDescription } from '../../siprec/parse-sdp.ts'
import type { MasterKey } from '../../srtp/suites.ts'
import { peerOf } from '../media/accepted-streams.ts'

interface AnswerState {
  mode: 'record' | 'historyOnly'
  /** Version of our SDP; each one increments it. */
  version: number
  streams: readonly StreamPlan[]
  sdpSessionId: string
  /** Media port by media line. */
  ports: ReadonlyMap<number, number>
  ownKey: ((plan: StreamPlan) => MasterKey) | undefined
  mediaAddress: (peer: string) => string
}

/**
 * Returns the SDP offer with which a client is asked to start sending, after an answer has stopped it. It has the media lines
 * of the client's last offer (RFC 3264 section 8).
 * @param described the client's offer that was answered last; undefined if the last offer was ours
 * @returns undefined if no stream of the session has a port
 */
export function buildReoffer(described: SessionDescription | undefined, given: AnswerState): string | undefined {
  const { mode, version, sdpSessionId, ports, ownKey } = given
  const origin = { sessionId: sdpSessionId, version }
  const streams = given.streams.map((plan) => (ports.has(plan.index) ? plan : { ...plan, accepted: false }))
  if (!streams.some(({ accepted }) => accepted)) return undefined
  const address = given.mediaAddress(peerOf(streams))
  if (!described) return offerStream({ address, origin, mode, port: ports.get(0) ?? 0 })
  const made = answerOffer(described, streams, {
    ...{ address, origin, ports, mode, ownKey, reoffer: true },
  })
  return made.kind === 'refusal' ? undefined : made.text
}

/** Refuses a request while the process stops; the client then uses another recorder, or retries later. */
export function refuseWhileStopping(incoming: IncomingRequest, stopping: AbortSignal): boolean {
  return stopping.aborted && incoming.respond(503, { reason: 'Recorder Is Stopping', headers: { 'Retry-After': '5' } })
}

/** Returns true if the response has SDP: for an offer, and for an INVITE without one (RFC 3261 section 14.2). */
export function responseHasSdp({ request }: IncomingRequest, { offer }: { offer?: SessionDescription }): boolean {
  return offer !== undefined || request.method === 'INVITE'
}

/**
 * Answers a request of a session, with SDP if needed.
 * @param described the client's offer that was answered last
 * @returns `sent`: true if the answer was sent; `described`: the client's offer that is now in force
 */
export function answerSession(
  request: IncomingRequest,
  offered: SessionDescription | undefined,
  described: SessionDescription | undefined,
  given: AnswerState,
): { sent: boolean; described: SessionDescription | undefined } {
  const isInvite = request.request.method === 'INVITE'
  // An INVITE without an offer asks for ours (RFC 3261 section 14.2): repeats the last answer.
  const offer = offered ?? (isInvite ? described : undefined)
  const { mode, version, sdpSessionId, ports, ownKey, mediaAddress } = given
  const origin = { sessionId: sdpSessionId, version }
  const respond = (body: string) => request.respond(200, { body, contentType: 'application/sdp' })
  if (!offer) {
    if (!isInvite) return { sent: request.respond(200), described }
    // No INVITE had an offer so far: sends our own offer; the client's answer comes in the ACK.
    const address = mediaAddress(request.source.address)
    return { sent: respond(offerStream({ address, origin, mode, port: ports.get(0) ?? 0 })), described }
  }
  // Refuses only the added stream if no port is free for it (RFC 3264 section 6).
  const streams = given.streams.map((plan) =>
    mode === 'record' && !ports.has(plan.index) ? { ...plan, accepted: false } : plan,
  )
  const made = answerOffer(offer, streams, {
    ...{ address: mediaAddress(peerOf(streams)), origin, ports, mode },
    ownKey,
    reoffer: version > 1,
  })
  if (made.kind === 'refusal') return { sent: request.respond(made.status, { reason: made.reason }), described }
  return { sent: respond(made.text), described: offer }
}
