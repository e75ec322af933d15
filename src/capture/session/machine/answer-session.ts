import type { IncomingRequest } from '../../sip/handler.ts'
import { answerOffer, offerStream, type StreamPlan } from '../../siprec/answer-offer.ts'
import type { SessionDescription } from '../../siprec/parse-sdp.ts'
import type { MasterKey } from '../../srtp/suites.ts'
import { peerOf } from '../media/accepted-streams.ts'

interface Answered {
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
 * Returns the SDP with which we offer a silenced client to start sending, with the media lines of its last offer (RFC 3264
 * section 8).
 * @param described the offer answered last; undefined if the one in force was ours
 * @returns undefined if no stream of the session has a port
 */
export function offerAnew(described: SessionDescription | undefined, given: Answered): string | undefined {
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

/** Refuses a request while the process stops: the client uses another recorder, or retries when this one is back. */
export function refusedAtEnd(incoming: IncomingRequest, stopping: AbortSignal): boolean {
  return stopping.aborted && incoming.respond(503, { reason: 'Recorder Is Stopping', headers: { 'Retry-After': '5' } })
}

/** Returns true if the answer has SDP: an INVITE without an offer gets the last answer (RFC 3261 section 14.2). */
export function describesMedia({ request }: IncomingRequest, { offer }: { offer?: SessionDescription }): boolean {
  return offer !== undefined || request.method === 'INVITE'
}

/**
 * Answers a request of a session, with SDP if it asks for it.
 * @param described the offer answered last, valid until the next one
 * @returns true in `sent` if the answer was sent, and the offer that is now valid
 */
export function answerSession(
  request: IncomingRequest,
  offered: SessionDescription | undefined,
  described: SessionDescription | undefined,
  given: Answered,
): { sent: boolean; described: SessionDescription | undefined } {
  const isInvite = request.request.method === 'INVITE'
  // An INVITE without an offer asks for ours (RFC 3261 section 14.2): the last answer is still valid.
  const offer = offered ?? (isInvite ? described : undefined)
  const { mode, version, sdpSessionId, ports, ownKey, mediaAddress } = given
  const origin = { sessionId: sdpSessionId, version }
  const respond = (body: string) => request.respond(200, { body, contentType: 'application/sdp' })
  if (!offer) {
    if (!isInvite) return { sent: request.respond(200), described }
    // The first INVITE had no offer: its ACK, or that of a later INVITE, has the answer.
    const address = mediaAddress(request.source.address)
    return { sent: respond(offerStream({ address, origin, mode, port: ports.get(0) ?? 0 })), described }
  }
  // An added stream without a port is refused alone (RFC 3264 section 6).
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
