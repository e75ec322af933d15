import { createHash } from 'node:crypto'
import type { IncomingRequest } from '../sip/handler.ts'
import { answerOffer, offerStream, type StreamPlan } from '../siprec/answer-offer.ts'
import type { CallInvitation } from './describe-segment.ts'
import { passingKey } from './passing-key.ts'

/**
 * Answers a session that is not kept: no call of this register (R8), or one that another session tells of already. Every
 * stream is inactive. Nothing is remembered of such a session, and its answers agree all the same (RFC 3264 section 8).
 */
export function answerUnkept(
  incoming: IncomingRequest,
  invitation: CallInvitation,
  mediaAddress: (peer: string) => string,
): void {
  const sessionId = createHash('sha256').update(incoming.dialog.id).digest().readUInt32BE(0)
  const { method, cseq } = incoming.request
  if (!invitation.offer) {
    if (method !== 'INVITE') return void incoming.respond(200)
    const origin = { sessionId: String(sessionId), version: cseq.number }
    const body = offerStream({
      address: mediaAddress(peerOf(invitation.streams)),
      origin,
      mode: 'historyOnly',
      port: 0,
    })
    return void incoming.respond(200, { body, contentType: 'application/sdp' })
  }
  const made = answerOffer(invitation.offer, invitation.streams, {
    address: mediaAddress(peerOf(invitation.streams)),
    origin: { sessionId: String(sessionId), version: cseq.number },
    ports: new Map(),
    ownKey: passingKey,
    mode: 'historyOnly',
  })
  if (made.kind === 'refusal') incoming.respond(made.status, { reason: made.reason })
  else incoming.respond(200, { body: made.text, contentType: 'application/sdp' })
}

/** Where the media of an offer come from: its first stream that is taken. */
export function peerOf(streams: readonly StreamPlan[]): string {
  return (streams.find(({ accepted }) => accepted) ?? streams[0])?.remote.address ?? ''
}
