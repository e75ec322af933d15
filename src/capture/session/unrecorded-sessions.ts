import { createHash } from 'node:crypto'
import type { IncomingRequest } from '../sip/handler.ts'
import { answerOffer, offerStream, type StreamPlan } from '../siprec/answer-offer.ts'
import { peerOf } from './media/accepted-streams.ts'
import type { SessionDescription } from '../siprec/parse-sdp.ts'
import type { CallInvitation } from './machine/describe-segment.ts'
import type { PreviousSegment } from './run-session.ts'
import type { Offer } from './machine/session-types.ts'

/** The client's last offer, needed to ask it to send media later. Stores no parties. */
interface UnrecordedSession {
  described: SessionDescription | undefined
  streams: readonly StreamPlan[]
  answerVersion: number
  sdpSessionId: string
}

/** Sessions that are not recorded, because they are outside this register (R8) or duplicates. Their streams are answered inactive. */
export interface UnrecordedSessions {
  answer(incoming: IncomingRequest, invitation: CallInvitation): void
  /** Adds a session that was recorded, or a duplicate, until its call was found to be another one. */
  add(dialogId: string, session: UnrecordedSession): void
  /** Returns the media lines in force, for reading a later request. */
  knownOf(dialogId: string): { streams: readonly StreamPlan[] } | undefined
  /** Returns the state of a session, needed when it is recorded from now on. */
  find(dialogId: string): { before: PreviousSegment; previousState: NonNullable<Offer['previousState']> } | undefined
  forget(dialogId: string): void
}

export function createUnrecordedSessions(mediaAddress: (peer: string) => string): UnrecordedSessions {
  const sessions = new Map<string, UnrecordedSession>()
  const sessionIdOf = (dialogId: string) => String(createHash('sha256').update(dialogId).digest().readUInt32BE(0))

  return {
    answer(incoming, invitation) {
      const { method } = incoming.request
      const { id } = incoming.dialog
      const before = sessions.get(id)
      const { offer, streams } = invitation
      if (!offer && method !== 'INVITE') return void incoming.respond(200)
      const answerVersion = (before?.answerVersion ?? 0) + 1
      const sdpSessionId = before?.sdpSessionId ?? sessionIdOf(id)
      const origin = { sessionId: sdpSessionId, version: answerVersion }
      const address = mediaAddress(peerOf(streams))
      const made = offer
        ? answerOffer(offer, streams, { address, origin, ports: new Map(), mode: 'historyOnly' })
        : { kind: 'answer' as const, text: offerStream({ address, origin, mode: 'historyOnly', port: 0 }) }
      if (made.kind === 'refusal') return void incoming.respond(made.status, { reason: made.reason })
      if (!incoming.respond(200, { body: made.text, contentType: 'application/sdp' })) return
      sessions.set(id, { described: offer ?? before?.described, streams, answerVersion, sdpSessionId })
    },
    add: (dialogId, session) => void sessions.set(dialogId, session),
    knownOf(dialogId) {
      const one = sessions.get(dialogId)
      return one && { streams: one.streams }
    },
    find(dialogId) {
      const one = sessions.get(dialogId)
      if (!one) return undefined
      const { described, answerVersion, sdpSessionId } = one
      return {
        before: { described, sdpSessionId, hasStreams: false, detachStreams: () => undefined },
        previousState: { answerVersion, tracks: {}, isSilenced: true },
      }
    },
    forget: (dialogId) => void sessions.delete(dialogId),
  }
}
