/**
 * The other half of a call whose client sends each voice in a session of its own (Cisco's built-in bridge: near end and
 * far end). Its stream goes into the recording of the first session, which stays the only one of the segment (R17).
 */
import type { IncomingRequest } from '../sip/handler.ts'
import { answerOffer, offerStream, ownOfferPlan, planStreams, type StreamPlan } from '../siprec/answer-offer.ts'
import type { Track } from '../siprec/identified-parties.ts'
import { parseSdp } from '../siprec/parse-sdp.ts'
import { splitMultipart } from '../siprec/split-multipart.ts'
import { firstHeader } from '../sip/message.ts'
import type { CallInvitation } from './describe-segment.ts'
import { passingKey } from './passing-key.ts'
import type { RunningSession } from './run-session.ts'
import type { Asked } from './read-requests.ts'

export interface OtherHalves {
  /** Takes the session in, if it is the missing half of this recording. False: it tells nothing new. */
  join(request: IncomingRequest, invitation: CallInvitation, first: RunningSession): Promise<boolean>
  has(dialogId: string): boolean
  /** A later offer, or the answer to ours that came with the ACK. */
  change(asked: Asked, respond?: IncomingRequest['respond']): void
  leave(dialogId: string): void
}

/** How long packets may still come after the end signal. */
const drainMs = 200

interface Half {
  first: RunningSession
  index: number
  sdpSessionId: string
  version: number
}

export function createOtherHalves(options: {
  mediaAddress: (peer: string) => string
  sdpSessionId: () => string
}): OtherHalves {
  const halves = new Map<string, Half>()
  /** Streams whose session has ended: another one of the same voice may come (a transfer). */
  const left = new WeakMap<RunningSession, Set<number>>()

  /** SDP for this half: the answer to an offer, or our own. */
  function write(
    half: Half,
    body: string | undefined,
    sourceAddress: string,
  ): { text: string; stream?: StreamPlan } | undefined {
    const port = half.first.media?.ports.get(half.index)
    const origin = { sessionId: half.sdpSessionId, version: half.version }
    const address = options.mediaAddress(sourceAddress)
    const mode = port === undefined ? 'historyOnly' : 'record'
    if (body === undefined) return { text: offerStream({ address, origin, mode, port: port ?? 0 }) }
    const offer = parseSdp(body)
    if (offer.kind === 'refusal') return undefined
    const [stream, ...more] = planStreams(offer, sourceAddress)
    const plans = [stream!, ...more.map((plan) => ({ ...plan, accepted: false }))].filter(Boolean)
    const ports = new Map(port === undefined ? [] : [[0, port]])
    const made = answerOffer(offer, plans, { address, origin, ports, mode, ownKey: passingKey, reoffer: true })
    if (made.kind === 'refusal') return undefined
    return { text: made.text, ...(stream?.accepted && { stream: { ...stream, index: half.index } }) }
  }

  return {
    async join(request, invitation, first) {
      const track = Object.values(invitation.parties.streams)[0]
      // Both halves are offered at the same moment: the first may still be opening.
      await first.tell({ type: 'joined', tracks: {} })
      const { state, media } = first
      if (state?.phase !== 'live' || !media || invitation.parties.sources.streams !== 'builtInBridge') return false
      const heard = Object.entries(state.session.tracks).filter(([index]) => !left.get(first)?.has(Number(index)))
      if (track === undefined || heard.some(([, other]) => other === track)) return false
      const index = Math.max(...Object.keys(state.session.tracks).map(Number)) + 1
      const half: Half = { first, index, sdpSessionId: options.sdpSessionId(), version: 1 }
      if ((await media.addStreams([{ ...ownOfferPlan(request.source.address), index }])) === 'no-port') return false
      await first.tell({ type: 'joined', tracks: { [index]: track } satisfies Record<number, Track> })
      const made = write(half, sdpOf(request), request.source.address)
      if (made?.stream) media.retarget(made.stream)
      if (!made || !request.respond(200, { body: made.text, contentType: 'application/sdp' })) {
        media.closeStreams([index])
        request.respond(488)
        return true
      }
      halves.set(request.dialog.id, half)
      return true
    },
    has: (dialogId) => halves.has(dialogId),
    change({ request, source, dialog }, respond) {
      const half = halves.get(dialog.id)
      if (!half) return
      const body = sdpOf({ request })
      if (respond) half.version++
      const made = body === undefined && request.method !== 'INVITE' ? undefined : write(half, body, source.address)
      if (made?.stream) half.first.media?.retarget(made.stream)
      respond?.(200, made ? { body: made.text, contentType: 'application/sdp' } : {})
    },
    leave(dialogId) {
      const half = halves.get(dialogId)
      if (!half) return
      halves.delete(dialogId)
      const { first, index } = half
      left.set(first, (left.get(first) ?? new Set()).add(index))
      // The last packets are still on their way.
      const close = () => first.state?.phase === 'live' && first.media?.closeStreams([index])
      setTimeout(close, drainMs).unref()
    },
  }
}

function sdpOf({ request }: Pick<IncomingRequest, 'request'>): string | undefined {
  const split = splitMultipart(firstHeader(request, 'content-type'), request.body)
  return split.kind === 'split' ? split.sdp : undefined
}
