/**
 * Joins the second session of a call to the first if the client sends each direction in a separate session (Cisco's built-in
 * bridge: near end and far end). Its stream is written to the recording of the first session, the segment's only recording
 * (R17).
 */
import type { Dialog, IncomingRequest } from '../../sip/handler.ts'
import { answerOffer, offerStream, type StreamPlan } from '../../siprec/answer-offer.ts'
import { parseSdp } from '../../siprec/parse-sdp.ts'
import { splitMultipart } from '../../siprec/split-multipart.ts'
import { firstHeader } from '../../sip/message.ts'
import type { CallInvitation } from '../machine/describe-segment.ts'
import type { SavedSplitDirection } from '../recovery/saved-sessions.ts'
import type { RecorderOptions } from '../recorder-options.ts'
import { newSdpSessionId, type RunningSession } from '../run-session.ts'
import type { RequestReader, SessionRequest } from '../reading/read-requests.ts'

export interface SplitDirectionSessions {
  /** Joins the session if it is the missing direction of this recording; otherwise returns false. */
  join(request: IncomingRequest, invitation: CallInvitation, first: RunningSession): Promise<boolean>
  has(dialogId: string): boolean
  /** Handles a later offer, or the answer to ours in the ACK. */
  change(incoming: SessionRequest, respond?: IncomingRequest['respond']): Promise<void>
  leave(dialogId: string): void
  /** Returns the second sessions of a session, to be saved with it. */
  savedOf(first: RunningSession): SavedSplitDirection[]
  /** Restores a saved second session of a first session that this process resumes. */
  resume(half: SavedSplitDirection, dialog: Dialog, first: RunningSession): void
}

/** Time for late packets after the end signal. */
const drainMs = 200

interface SplitDirection {
  dialog: Dialog
  firstId: string
  index: number
  sdpSessionId: string
  version: number
}

export function createSplitDirectionSessions(parts: {
  options: Pick<RecorderOptions, 'mediaAddress' | 'random'>
  reader: Pick<RequestReader, 'readAnswer'>
  /** Sessions by dialog id. */
  sessions: ReadonlyMap<string, RunningSession>
  save: (first: RunningSession) => void
}): SplitDirectionSessions {
  const { options, reader, sessions, save: saveSession } = parts
  const splitDirections = new Map<string, SplitDirection>()
  const firstOf = ({ firstId }: SplitDirection) => sessions.get(firstId)

  /** Returns the SDP for this session: the answer to an offer with these plans, or our own offer; undefined if it is unreadable. */
  function buildSdp(
    half: SplitDirection,
    body: string | undefined,
    plans: readonly StreamPlan[],
    sourceAddress: string,
  ): string | undefined {
    const media = firstOf(half)?.media
    const port = media?.ports.get(half.index)
    const origin = { sessionId: half.sdpSessionId, version: half.version }
    const address = options.mediaAddress(sourceAddress)
    const mode = port === undefined ? 'historyOnly' : 'record'
    if (body === undefined) return offerStream({ address, origin, mode, port: port ?? 0 })
    const offer = parseSdp(body)
    if (offer.kind === 'refusal') return undefined
    const voice = voiceIn(plans)
    // Only one stream is of this session: the other direction has its own.
    const answered = plans.map((plan) => (plan === voice ? plan : { ...plan, accepted: false }))
    const ports = new Map(port === undefined || !voice ? [] : [[voice.index, port]])
    const ownKey = (plan: StreamPlan) => media!.ownKey({ ...plan, index: half.index })
    const made = answerOffer(offer, answered, {
      ...{ address, origin, ports, mode, reoffer: true },
      ...(port !== undefined && { ownKey }),
    })
    return made.kind === 'refusal' ? undefined : made.text
  }

  /** Opens, retargets or closes the port of this session to match what its client describes. */
  async function receive(half: SplitDirection, plan: StreamPlan): Promise<void> {
    const first = firstOf(half)
    if (!first?.media) return
    const stream = { ...plan, index: half.index }
    const isOpen = first.media.ports.has(half.index)
    if (!stream.accepted) first.media.closeStreams([half.index])
    else if (isOpen) first.media.retarget(stream)
    else if ((await first.media.addStreams([stream])) === 'no-port') stream.accepted = false
    await first.dispatch({ type: 'joined', stream })
    saveSession(first)
  }

  return {
    async join(request, invitation, first) {
      const track = Object.values(invitation.parties.streams)[0]
      // Waits until the first session is open: the client offers both at the same time.
      await first.dispatch({ type: 'joined' })
      const { state, media } = first
      if (state?.phase !== 'live' || !media || invitation.parties.sources.streams !== 'builtInBridge') return false
      const { streams, tracks, joined = [] } = state.session
      // Only streams of live sessions count: after a transfer another session with the same direction may follow.
      const recorded = [...streams.filter(({ accepted }) => accepted), ...joined].map(({ index }) => tracks[index])
      if (track === undefined || recorded.includes(track)) return false
      const { dialog } = request
      const index = Math.max(...Object.keys(tracks).map(Number)) + 1
      const sdpSessionId = newSdpSessionId(options.random)
      const half = { dialog, firstId: first.dialog.id, index, sdpSessionId, version: 1 }
      const voice = voiceIn(invitation.streams)
      if (!voice) return false
      const stream = { ...voice, index }
      if ((await media.addStreams([stream])) === 'no-port') return false
      await first.dispatch({ type: 'joined', stream, track })
      const text = buildSdp(half, sdpOf(request), invitation.streams, request.source.address)
      if (text === undefined || !request.respond(200, { body: text, contentType: 'application/sdp' })) {
        media.closeStreams([index])
        await first.dispatch({ type: 'left', index })
        request.respond(488)
        return true
      }
      splitDirections.set(dialog.id, half)
      saveSession(first)
      return true
    },
    has: (dialogId) => splitDirections.has(dialogId),
    async change({ request, source, dialog }, respond) {
      const half = splitDirections.get(dialog.id)
      if (!half) return
      const body = sdpOf({ request })
      if (respond) half.version++
      const plans = body === undefined ? [] : (reader.readAnswer({ source }, body) ?? [])
      const plan = voiceIn(plans) ?? plans[0]
      if (plan) await receive(half, plan)
      const text =
        body === undefined && request.method !== 'INVITE' ? undefined : buildSdp(half, body, plans, source.address)
      respond?.(200, text === undefined ? {} : { body: text, contentType: 'application/sdp' })
    },
    leave(dialogId) {
      const half = splitDirections.get(dialogId)
      if (!half) return
      splitDirections.delete(dialogId)
      const first = firstOf(half)
      if (!first) return
      void first.dispatch({ type: 'left', index: half.index }).then(() => {
        saveSession(first)
      })
      // Waits for the last packets.
      setTimeout(() => {
        const now = firstOf(half)
        if (now?.state?.phase === 'live') now.media?.closeStreams([half.index])
      }, drainMs).unref()
    },
    savedOf: (first) =>
      [...splitDirections.values()]
        .filter(({ firstId }) => firstId === first.dialog.id)
        .map(({ dialog, index, sdpSessionId, version }) => ({ dialog: dialog.saved(), index, sdpSessionId, version })),
    resume({ index, sdpSessionId, version }, dialog, first) {
      splitDirections.set(dialog.id, { dialog, firstId: first.dialog.id, index, sdpSessionId, version })
    },
  }
}

/** Returns the stream of a session with one direction: its first accepted one. */
function voiceIn(plans: readonly StreamPlan[]): StreamPlan | undefined {
  return plans.find(({ accepted }) => accepted)
}

function sdpOf({ request }: Pick<IncomingRequest, 'request'>): string | undefined {
  const split = splitMultipart(firstHeader(request, 'content-type'), request.body)
  return split.kind === 'split' ? split.sdp : undefined
}
