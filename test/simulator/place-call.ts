/**
 * Places one call as a recording server sees it: a SIPREC session for each official who speaks with the caller, media,
 * hold, transfer, and its end. Resolves with a record of what was sent, with which the recording is compared.
 */
import { randomBytes } from 'node:crypto'
import type { CallEvent, CallPlan } from './call-plan.ts'
import type { Address, TlsFiles, Transport } from './connection.ts'
import { describeLeg, identityHeaders, labels, withoutOfficial, type Leg } from './describe-call.ts'
import { hangUp, runConversation, pause } from './run-conversation.ts'
import { startPacer, type Pacer } from './pacer.ts'
import { makeMediaKey, type SuiteName } from './protect-media.ts'
import { freshIdentifiers, seedRandom, type Identifiers, type Random } from './random.ts'
import { startRecordingClient, type RecordingClient } from './recording-client.ts'
import { writeMetadata } from './recording-metadata.ts'
import { openMediaPort } from './media-port.ts'
import { startSending } from './send-media.ts'
import type { SentCall, SentSession } from './sent-call.ts'
import type { AnsweredStream } from './session-description.ts'
import { loadDialogue, makeTone, type Sound } from './sound.ts'
import type { Speaker } from './speech/dialogues.ts'

export type PlaceCallOptions = CallPlan & {
  readonly server: Address
  readonly transport?: Transport
  /** Certificates, for `tls`. */
  readonly tls?: TlsFiles
  /** Sends media as SRTP (RFC 4568), each stream with its own key. */
  readonly srtp?: SuiteName
  /** Client shared by several calls; by default the call has its own and closes it. */
  readonly client?: RecordingClient
  /** Timer shared by several calls. */
  readonly pacer?: Pacer
  /** `hash` stores counts and a hash of what was sent, without payloads. */
  readonly record?: 'payloads' | 'hash'
  /** Hangs up when aborted, or cancels if the call is not answered yet. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: CallEvent) => void
  /** Timers B and F; 64 T1 by default. */
  readonly timeoutMs?: number
  readonly now?: () => Date
  /** Identifiers; by default new ones: the seed determines sound and faults, not the call's identity. */
  readonly ids?: Identifiers
}

const ownPacer = startPacer()

/**
 * Places a call. Never rejects because of what a server does: an unreachable or silent server is the outcome
 * `unreachable`.
 */
export async function placeCall(options: PlaceCallOptions): Promise<SentCall> {
  const random = seedRandom(`call ${options.seed}`)
  const sessions: SentSession[] = []
  let client = options.client
  try {
    client ??= await startRecordingClient({
      server: options.server,
      transport: options.transport ?? 'udp',
      ...(options.tls ? { tls: options.tls } : {}),
      ...(options.ids ? { ids: options.ids } : {}),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    })
    return await runLegs(options, client, random, sessions)
  } catch (cause) {
    options.onEvent?.({ kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause), plan: options })
    return { outcome: 'unreachable', sessions }
  } finally {
    if (!options.client) await client?.close()
  }
}

async function runLegs(
  options: PlaceCallOptions,
  client: RecordingClient,
  random: Random,
  sessions: SentSession[],
): Promise<SentCall> {
  const now = options.now ?? (() => new Date())
  const callStartedAt = new Date(now().getTime() - (options.waitedMs ?? 0))
  const group = { id: (options.ids ?? freshIdentifiers).uuid(), startedAt: callStartedAt }
  const { transferTo } = options
  const first = await runSession(options, client, random, {
    group,
    startedAt: callStartedAt,
    number: options.number,
    official: options.official,
    dialogue: options.dialogue,
    seconds: transferTo ? transferTo.afterMs / 1000 : options.seconds,
  })
  if (first.kind !== 'ended') return { ...first.result, sessions }
  sessions.push(first.session)
  const continues = first.session.endedBy === 'us' && !options.signal?.aborted
  if (!transferTo || !continues) return { outcome: 'completed', status: 200, sessions }

  options.onEvent?.({ kind: 'transferred', callId: first.session.callId, plan: options })
  const consultationStartedAt = now()
  await pause(transferTo.consultMs ?? 0, options.signal)
  const { hold: _, forbid: __, ...rest } = options
  const second = await runSession(rest, client, random, {
    group,
    startedAt: consultationStartedAt,
    number: transferTo.number ?? options.number,
    official: transferTo.official,
    dialogue: transferTo.dialogue ?? options.dialogue,
    seconds: transferTo.seconds ?? options.seconds,
  })
  if (second.kind !== 'ended') return { ...second.result, sessions }
  sessions.push(second.session)
  return { outcome: 'completed', status: 200, sessions }
}

type PlayedLeg = Leg & { readonly dialogue: string | undefined; readonly seconds: number | undefined }

type LegOutcome =
  | { readonly kind: 'ended'; readonly session: SentSession }
  | { readonly kind: 'not answered'; readonly result: { outcome: 'refused' | 'cancelled'; status?: number } }

/** Runs one SIPREC session from INVITE to BYE. */
async function runSession(
  options: PlaceCallOptions,
  client: RecordingClient,
  random: Random,
  leg: PlayedLeg,
): Promise<LegOutcome> {
  const now = options.now ?? (() => new Date())
  const pacer = options.pacer ?? ownPacer
  const codec = options.codec ?? 'pcma'
  const sound =
    leg.dialogue === undefined
      ? makeTone(random.integer(1, 2 ** 31))
      : loadDialogue(leg.dialogue, codec, options.noiseDbfs)
  const answeredAt = new Date(now().getTime() + (options.answeredAfterMs ?? 0))
  const metadata = describeLeg(options, options.ids ?? freshIdentifiers, leg, answeredAt)
  const ports = [await openMediaPort(client.local.host), await openMediaPort(client.local.host)] as const
  try {
    const order: readonly Speaker[] = options.officialFirst ? ['official', 'caller'] : ['caller', 'official']
    const streams = order.map((who, index) => ({
      who,
      label: labels[who],
      media: ports[index]!,
      ...(options.srtp ? { key: makeMediaKey(options.srtp, randomBytes) } : {}),
    }))
    const xml = writeMetadata(metadata)
    const outcome = await client.invite({
      streams: streams.map(({ label, media, key }) => ({ label, port: media.port, ...(key ? { key } : {}) })),
      codecs: codec === 'pcma' ? ['pcma', 'pcmu'] : ['pcmu', 'pcma'],
      metadata:
        (options.officialNamedAfterMs ?? options.answeredAfterMs) === undefined
          ? xml
          : writeMetadata(withoutOfficial(metadata)),
      headers: identityHeaders(options),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    if (outcome.kind === 'refused') {
      options.onEvent?.({ kind: 'failed', reason: `${outcome.status} ${outcome.reason}`, plan: options })
      return { kind: 'not answered', result: { outcome: 'refused', status: outcome.status } }
    }
    if (outcome.kind === 'cancelled') return { kind: 'not answered', result: { outcome: 'cancelled' } }
    const { session } = outcome
    const recording = session.answer().some(acceptsMedia)
    const { sessionId, sipSessionId, groupId } = metadata
    options.onEvent?.({ kind: 'answered', callId: session.callId, sipSessionId, groupId, recording, plan: options })
    const sendingFrom = now()
    const sending = startSending({
      pacer,
      sound,
      codec,
      streams,
      answer: session.answer(),
      faults: options.faults ?? {},
      seed: random.hex(8),
      record: options.record ?? 'payloads',
    })
    const { endedBy, holds } = await runConversation(
      options,
      session,
      sending,
      { sipSessionId, xml },
      callLengthMs(leg.seconds, sound),
    )
    const endedAt = now()
    const isLonger = options.continuesForMs !== undefined && (await pause(options.continuesForMs, options.signal))
    const sent = sending.stop()
    const reported = isLonger ? writeMetadata({ ...metadata, stoppedAt: endedAt }) : undefined
    const ended = endedBy === 'us' ? await hangUp(session, reported) : endedBy
    options.onEvent?.({ kind: 'ended', callId: session.callId, plan: options })
    return {
      kind: 'ended',
      session: {
        callId: session.callId,
        groupId,
        sessionId,
        sipSessionId,
        holds,
        answeredAt,
        sendingFrom,
        endedAt,
        number: leg.number,
        officialPhone: leg.official.phone,
        metadata: xml,
        startedAt: leg.startedAt,
        answer: recording ? 'recording' : 'declined',
        endedBy: ended,
        streams: sent,
      },
    }
  } finally {
    for (const { socket } of ports) socket.close()
  }
}

const acceptsMedia = ({ address, direction }: AnsweredStream) =>
  address.port > 0 && direction !== 'inactive' && direction !== 'sendonly'
const callLengthMs = (seconds: number | undefined, sound: Sound) =>
  seconds === undefined ? (sound.frames === Infinity ? 5000 : undefined) : seconds * 1000
