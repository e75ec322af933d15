/**
 * One call as a recording server sees it: a SIPREC session for each official who speaks with the caller, media, hold, transfer,
 * and how it ended. Resolves with the truth to compare the recording with.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Address, Transport } from './connection.ts'
import { startPacer, type Pacer } from './pacer.ts'
import type { Official } from './people.ts'
import { freshIdentifiers, seedRandom, type Identifiers, type Random } from './random.ts'
import { startRecordingClient, type RecordingClient, type RecordingSession } from './recording-client.ts'
import { writeMetadata, type MetadataParticipant, type RecordingMetadata } from './recording-metadata.ts'
import { openMediaPort, startSending, type MediaFaults, type Sending } from './send-media.ts'
import type { SentCall, SentSession } from './sent-call.ts'
import type { AnsweredStream, Codec } from './session-description.ts'
import type { Header } from './sip-message.ts'
import { loadDialogue, makeTone, type Sound } from './sound.ts'
import type { Speaker } from './speech/dialogues.ts'

/** What a call is, apart from which server hears of it. Plain data: callPattern makes these. */
export type CallPlan = {
  readonly seed: number | string
  /** E.164. */
  readonly caller: string
  /**
   * The caller withholds the number: the metadata say `sip:anonymous@anonymous.invalid` with Privacy: id, and the trunk's asserted
   * identity goes along as trunks do; the recorder must not keep it.
   */
  readonly withheld?: boolean
  /** The service number called, E.164. */
  readonly number: string
  readonly official: Pick<Official, 'name' | 'phone' | 'language'>
  /** Key of a dialogue; without it, the tone of the seed. */
  readonly dialogue?: string
  /** How long to talk; by default until the dialogue is over (a tone: 5 s). */
  readonly seconds?: number
  /** How long the caller says to have waited before the answer: goes into the metadata, is not waited for. */
  readonly waitedMs?: number
  readonly hold?: { readonly afterMs: number; readonly forMs: number }
  /** BYE, then a new session in the same group with another official and the same caller. */
  readonly transferTo?: {
    readonly official: Pick<Official, 'name' | 'phone' | 'language'>
    readonly afterMs: number
    /** Consultation between the officials, which no session covers; 0 by default. */
    readonly consultMs?: number
    /** When the caller is connected to another service number (a switchboard). */
    readonly number?: string
    /** By default the transferred talk goes on with the first dialogue. */
    readonly dialogue?: string
    readonly seconds?: number
  }
  /** Someone forbids use during the call: `onEvent` tells, and whoever runs the demo uses the official's button. */
  readonly forbid?: { readonly afterMs: number; readonly by: Speaker }
  /** The INVITE names caller and number only; the official follows in an UPDATE with metadata alone, as Avaya's SBC does it. */
  readonly officialNamedAfterMs?: number
  readonly faults?: MediaFaults
  readonly codec?: Codec
  /** RMS of line noise, dBFS, for dialogues. */
  readonly noiseDbfs?: number
  /** The official's stream comes first and has the second label, so that order tells nothing. */
  readonly officialFirst?: boolean
}

export type CallEvent =
  | {
      readonly kind: 'answered'
      readonly callId: string
      readonly sipSessionId: string
      readonly groupId: string
      readonly recording: boolean
      readonly plan: CallPlan
    }
  | { readonly kind: 'held' | 'resumed' | 'transferred' | 'ended'; readonly callId: string; readonly plan: CallPlan }
  | {
      readonly kind: 'forbidden'
      readonly callId: string
      readonly sipSessionId: string
      readonly by: Speaker
      readonly plan: CallPlan
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly plan: CallPlan }

export type PlaceCallOptions = CallPlan & {
  readonly server: Address
  readonly transport?: Transport
  /** A client shared by many calls; by default the call has its own and closes it. */
  readonly client?: RecordingClient
  /** A timer shared by many calls. */
  readonly pacer?: Pacer
  /** `hash` keeps counts and a hash of what was sent, no payloads. */
  readonly keep?: 'payloads' | 'hash'
  /** Aborting hangs up properly, or cancels when not yet answered. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: CallEvent) => void
  /** 64 T1 by default. */
  readonly timeoutMs?: number
  readonly now?: () => Date
  /** New ones by default: the seed decides sound and faults, not who the call is. */
  readonly ids?: Identifiers
}

const host = 'puhelut.seloste.example'
const ownPacer = startPacer()

/** Never rejects for what a server may do: an unreachable or silent server is the outcome `unreachable`. */
export async function placeCall(options: PlaceCallOptions): Promise<SentCall> {
  const random = seedRandom(`call ${options.seed}`)
  const sessions: SentSession[] = []
  let client = options.client
  try {
    client ??= await startRecordingClient({
      server: options.server,
      transport: options.transport ?? 'udp',
      ...(options.ids ? { ids: options.ids } : {}),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    })
    return await talk(options, client, random, sessions)
  } catch (cause) {
    options.onEvent?.({ kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause), plan: options })
    return { outcome: 'unreachable', sessions }
  } finally {
    if (!options.client) await client?.close()
  }
}

async function talk(
  options: PlaceCallOptions,
  client: RecordingClient,
  random: Random,
  sessions: SentSession[],
): Promise<SentCall> {
  const now = options.now ?? (() => new Date())
  const callStartedAt = new Date(now().getTime() - (options.waitedMs ?? 0))
  const group = { id: (options.ids ?? freshIdentifiers).uuid(), startedAt: callStartedAt }
  const { transferTo } = options
  const first = await holdSession(options, client, random, {
    group,
    startedAt: callStartedAt,
    number: options.number,
    official: options.official,
    dialogue: options.dialogue,
    seconds: transferTo ? transferTo.afterMs / 1000 : options.seconds,
  })
  if (first.kind !== 'ended') return { ...first.result, sessions }
  sessions.push(first.session)
  const goesOn = first.session.endedBy === 'us' && !options.signal?.aborted
  if (!transferTo || !goesOn) return { outcome: 'completed', status: 200, sessions }

  options.onEvent?.({ kind: 'transferred', callId: first.session.callId, plan: options })
  const consultationStartedAt = now()
  await pause(transferTo.consultMs ?? 0, options.signal)
  const { hold: _, forbid: __, ...rest } = options
  const second = await holdSession(rest, client, random, {
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

type Leg = {
  readonly group: { readonly id: string; readonly startedAt: Date }
  readonly startedAt: Date
  readonly number: string
  readonly official: Pick<Official, 'name' | 'phone' | 'language'>
  readonly dialogue: string | undefined
  readonly seconds: number | undefined
}

type LegOutcome =
  | { readonly kind: 'ended'; readonly session: SentSession }
  | { readonly kind: 'not answered'; readonly result: { outcome: 'refused' | 'cancelled'; status?: number } }

/** One SIPREC session from INVITE to BYE. */
async function holdSession(
  options: PlaceCallOptions,
  client: RecordingClient,
  random: Random,
  leg: Leg,
): Promise<LegOutcome> {
  const now = options.now ?? (() => new Date())
  const pacer = options.pacer ?? ownPacer
  const codec = options.codec ?? 'pcma'
  const sound =
    leg.dialogue === undefined
      ? makeTone(random.integer(1, 2 ** 31))
      : loadDialogue(leg.dialogue, codec, options.noiseDbfs)
  const answeredAt = now()
  const metadata = describe(options, options.ids ?? freshIdentifiers, leg, answeredAt)
  const ports = [await openMediaPort(client.local.host), await openMediaPort(client.local.host)] as const
  try {
    const order: readonly Speaker[] = options.officialFirst ? ['official', 'caller'] : ['caller', 'official']
    const streams = order.map((who, index) => ({ who, label: labels[who], media: ports[index]! }))
    const xml = writeMetadata(metadata)
    const outcome = await client.invite({
      streams: streams.map(({ label, media }) => ({ label, port: media.port })),
      codecs: codec === 'pcma' ? ['pcma', 'pcmu'] : ['pcmu', 'pcma'],
      metadata: options.officialNamedAfterMs === undefined ? xml : writeMetadata(withoutOfficial(metadata)),
      headers: identity(options),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    if (outcome.kind === 'refused') {
      options.onEvent?.({ kind: 'failed', reason: `${outcome.status} ${outcome.reason}`, plan: options })
      return { kind: 'not answered', result: { outcome: 'refused', status: outcome.status } }
    }
    if (outcome.kind === 'cancelled') return { kind: 'not answered', result: { outcome: 'cancelled' } }
    const { session } = outcome
    const recording = session.answer().some(takesMedia)
    const { sessionId, sipSessionId, groupId } = metadata
    options.onEvent?.({ kind: 'answered', callId: session.callId, sipSessionId, groupId, recording, plan: options })
    const sending = startSending({
      pacer,
      sound,
      codec,
      streams,
      answer: session.answer(),
      faults: options.faults ?? {},
      seed: random.hex(8),
      keep: options.keep ?? 'payloads',
    })
    const { endedBy, holds } = await live(
      options,
      session,
      sending,
      { sipSessionId, xml },
      playingMs(leg.seconds, sound),
    )
    const sent = sending.stop()
    const endedAt = now()
    const ended = endedBy === 'us' ? await hangUp(session) : endedBy
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

const labels = { caller: '1', official: '2' } as const
const takesMedia = ({ address, direction }: AnsweredStream) =>
  address.port > 0 && direction !== 'inactive' && direction !== 'sendonly'
const playingMs = (seconds: number | undefined, sound: Sound) =>
  seconds === undefined ? (sound.frames === Infinity ? 5000 : undefined) : seconds * 1000

/** Waits through the talk: hold, a prohibition, the recorder's own wishes, and the end. */
async function live(
  options: PlaceCallOptions,
  session: RecordingSession,
  sending: Sending,
  { sipSessionId, xml }: { sipSessionId: string; xml: string },
  talkMs: number | undefined,
) {
  const over = new AbortController()
  let endedBy: SentSession['endedBy'] = 'us'
  /** A recorder that no longer answers offers: the call goes on without it in a real system; here it ends, and the truth is kept. */
  const lose = () => {
    endedBy = 'no answer'
    over.abort()
  }
  session.onRecorder((event) => {
    if (event === 'reoffer') return sending.direct(session.answer())
    endedBy = 'recorder'
    over.abort()
  })
  const hangUpNow = () => over.abort()
  options.signal?.addEventListener('abort', hangUpNow)
  if (options.signal?.aborted) over.abort()
  const holds: { fromMs: number; toMs: number }[] = []
  const { hold, forbid, officialNamedAfterMs } = options

  const holding = async () => {
    if (!hold || !(await pause(hold.afterMs, over.signal))) return
    sending.pause()
    const fromMs = sending.elapsedMs()
    await session.hold().catch(lose)
    options.onEvent?.({ kind: 'held', callId: session.callId, plan: options })
    const goesOn = await pause(hold.forMs, over.signal)
    if (goesOn) await session.resume().catch(lose)
    holds.push({ fromMs, toMs: sending.elapsedMs() })
    sending.direct(session.answer())
    sending.resume()
    if (goesOn) options.onEvent?.({ kind: 'resumed', callId: session.callId, plan: options })
  }
  const forbidding = async () => {
    if (!forbid || !(await pause(forbid.afterMs, over.signal))) return
    options.onEvent?.({ kind: 'forbidden', callId: session.callId, sipSessionId, by: forbid.by, plan: options })
  }
  const naming = async () => {
    if (officialNamedAfterMs === undefined || !(await pause(officialNamedAfterMs, over.signal))) return
    await session.update(xml).catch(lose)
  }
  // Hold lengthens the call: the talk that was cut off goes on after it.
  const talkingMs = talkMs === undefined ? undefined : talkMs + (hold && hold.afterMs < talkMs ? hold.forMs : 0)
  const talking = Promise.race([
    sending.over,
    talkingMs === undefined ? new Promise(() => undefined) : pause(talkingMs, over.signal),
    new Promise((resolve) => over.signal.addEventListener('abort', resolve)),
    ...(over.signal.aborted ? [Promise.resolve()] : []),
  ]).finally(() => over.abort())
  try {
    await Promise.all([talking, holding(), forbidding(), naming()])
  } finally {
    over.abort()
    options.signal?.removeEventListener('abort', hangUpNow)
  }
  return { endedBy, holds }
}

async function hangUp(session: RecordingSession): Promise<'us' | 'no answer'> {
  // A recorder that has died answers nothing; the call is over all the same.
  return session.bye().then(
    () => 'us',
    () => 'no answer',
  )
}

/** False when the wait was cut short. */
const pause = (ms: number, signal?: AbortSignal): Promise<boolean> =>
  wait(ms, undefined, signal ? { signal } : {}).then(
    () => true,
    () => false,
  )

const withoutOfficial = (metadata: RecordingMetadata): RecordingMetadata => ({
  ...metadata,
  participants: metadata.participants.filter(({ sends }) => sends !== metadata.streams[1]!.id),
})

const aorOf = (number: string) => `sip:${number}@${host};user=phone`

function identity({ withheld, caller }: CallPlan): Header[] {
  const asserted: Header = ['P-Asserted-Identity', `<${aorOf(caller)}>`]
  return withheld ? [asserted, ['Privacy', 'id']] : [asserted]
}

function describe(plan: CallPlan, ids: Identifiers, leg: Leg, answeredAt: Date): RecordingMetadata {
  const [callerStream, officialStream] = [ids.uuid(), ids.uuid()]
  const { official, number } = leg
  const caller: MetadataParticipant = {
    id: ids.uuid(),
    aor: plan.withheld ? 'sip:anonymous@anonymous.invalid' : aorOf(plan.caller),
    ...(plan.withheld ? { name: 'Anonymous' } : {}),
    joinedAt: leg.startedAt,
    sends: callerStream,
    receives: officialStream,
  }
  const answering: MetadataParticipant = {
    id: ids.uuid(),
    aor: aorOf(official.phone),
    name: official.name,
    language: official.language,
    joinedAt: answeredAt,
    sends: officialStream,
    receives: callerStream,
  }
  const called: MetadataParticipant = { id: ids.uuid(), aor: aorOf(number), joinedAt: leg.startedAt }
  return {
    groupId: leg.group.id,
    groupStartedAt: leg.group.startedAt,
    sessionId: ids.uuid(),
    sipSessionId: `${ids.hex(16)};remote=${ids.hex(16)}`,
    startedAt: leg.startedAt,
    participants: plan.officialFirst ? [called, answering, caller] : [caller, answering, called],
    streams: [
      { id: callerStream, label: labels.caller },
      { id: officialStream, label: labels.official },
    ],
  }
}
