/**
 * Answers one SDP offer.
 * This folder implements the recording server's side of SIPREC: RFC 7866 (protocol), RFC 7865 (metadata), RFC 8866 and RFC 3264
 * (SDP). It reads bodies and headers of a recording client's SIP requests, and returns an answer to send and the parties. It
 * uses no sockets, clocks, randomness or logs. No key leaves as text except in the answer itself, and no value from a body
 * appears in a problem or a reason.
 */
import { isIPv6 } from 'node:net'
import { makeMasterKey, type MasterKey } from '../srtp/suites.ts'
import type { SdpMedia, SessionDescription } from './parse-sdp.ts'
import type { Codec, SdpAttribute } from './read-codecs.ts'
import { writeCrypto, type OfferedCrypto } from './read-crypto.ts'
import { isUnspecified, remoteMediaOf, type RemoteMedia } from './remote-media.ts'
import { refuse, type Refusal } from './refusal.ts'

/**
 * History-only answers use the discard port (RFC 863). RFC 3264 section 6 requires a port in the answer to a stream that is not
 * rejected; port 0 would reject it, and clients end the session, or the call, over a rejected stream. `inactive` promises that
 * nothing is sent, so no socket is needed for that port.
 */
const discardPort = 9

/** Codecs that can be played back on every machine (register/recordings/decode-packets.ts). */
const playableEverywhere: ReadonlySet<string> = new Set(['PCMA/8000', 'PCMU/8000', 'G722/8000', 'OPUS/48000'])
/** Codecs that can also be decoded, with one channel; those playable everywhere are preferred. */
const alsoPlayable: ReadonlySet<string> = new Set(['G726-32/8000', 'DVI4/8000', 'L16/8000'])
/** Decodable if a library is installed, in this order. Annexes A and B make no difference to a decoder of G.729. */
const codecsByLibrary = {
  GSM: new Set(['GSM/8000']),
  G729: new Set(['G729/8000', 'G729A/8000', 'G729B/8000', 'G729AB/8000']),
} as const satisfies Record<string, ReadonlySet<string>>
export type LibraryCodec = keyof typeof codecsByLibrary
/** Formats that accompany speech and carry none (RFC 4733, RFC 3389). */
const nonSpeech: ReadonlySet<string> = new Set(['TELEPHONE-EVENT', 'CN'])

export interface StreamPlan {
  readonly index: number
  readonly label?: string
  /** False: answered with port 0. Only media that we must or want to refuse (RFC 3264 section 6). */
  readonly accepted: boolean
  readonly refusedBecause?:
    | 'not audio'
    | 'port 0'
    | 'other transport'
    | 'other address family'
    | 'keys in clear'
    | 'no usable key'
    | 'unreadable'
  /** Direction of the answer. */
  readonly direction: 'recvonly' | 'inactive'
  /** The offer requests a hold: a=inactive, or the zeros of RFC 3264 section 8.4. Media may still arrive after zeros. */
  readonly paused: boolean
  /** Payload types offered. Packets of a type that was not answered are accepted nevertheless. */
  readonly codecs: readonly Codec[]
  /** Payload types of the answer, the preferred first. Missing in sessions of earlier versions: then as offered. */
  readonly answered?: readonly number[]
  /** `asArrives`: no codec that playback supports. The packets are stored and the recording is marked. */
  readonly storage: 'playable' | 'asArrives'
  readonly remote: RemoteMedia
  /** RTP and RTCP share a port, as was offered (RFC 5761 section 5.1.1). */
  readonly mux?: true
  /** The accepted keys: media are SRTP, and our reports are SRTCP. */
  readonly crypto?: OfferedCrypto
}

export interface PlanOptions {
  /** True if the offer came over TLS, so that nobody else can read its keys (RFC 4568 section 8.1). */
  readonly acceptsKeys?: boolean | undefined
  /** Returns false for a media address of an IP version that is not listened on here. */
  readonly isReachable?: ((address: string) => boolean) | undefined
  /** Additional codecs that can be played, by installed libraries. */
  readonly plays?: readonly LibraryCodec[] | undefined
  /** True if the client refuses an answer that omits a payload type: rtpengine, which relays and does not transcode. */
  readonly answersAll?: boolean | undefined
}

/** Plans every media line of an offer, in order. The session opens a port for each accepted one, then answers. */
export function planStreams(
  offer: SessionDescription,
  sourceAddress: string,
  { acceptsKeys = false, isReachable = () => true, plays = [], answersAll = false }: PlanOptions = {},
): StreamPlan[] {
  return offer.media.map((media) => {
    const formats = sortFormats(media.codecs, plays)
    const remote = remoteMediaOf(media, sourceAddress)
    const refusedBecause =
      reasonToRefuse(media, acceptsKeys) ??
      (isReachable(remote.address) ? undefined : ('other address family' as const))
    // Keys with the profile RTP/AVP: SRTP if both sides support it (RFC 8643), otherwise plain RTP.
    const crypto = acceptsKeys ? media.crypto[0] : undefined
    const zeros = media.connectionAddress !== undefined && isUnspecified(media.connectionAddress)
    return {
      index: media.index,
      ...(media.label === undefined ? {} : { label: media.label }),
      accepted: refusedBecause === undefined,
      ...(refusedBecause === undefined ? {} : { refusedBecause }),
      direction: answerDirection(media),
      paused: media.direction === 'inactive' || zeros,
      codecs: media.codecs,
      answered: answeredTypes(media.codecs, formats, answersAll),
      storage: formats.playable.length > 0 ? 'playable' : 'asArrives',
      remote,
      ...(refusedBecause === undefined && offersMux(media) ? { mux: true as const } : {}),
      ...(refusedBecause === undefined && crypto ? { crypto } : {}),
    }
  })
}

interface SortedFormats {
  /** Formats that every machine plays first, GSM and G.729 last; otherwise in the client's order. */
  playable: readonly Codec[]
  accompanying: readonly Codec[]
  others: readonly Codec[]
}

function sortFormats(codecs: readonly Codec[], plays: readonly LibraryCodec[]): SortedFormats {
  const inSet = (set: ReadonlySet<string>) => (codec: Codec) => set.has(`${codec.encoding}/${codec.clockRate}`)
  const isAlsoPlayable = (codec: Codec) => inSet(alsoPlayable)(codec) && codec.channels === 1
  const playable = [
    ...codecs.filter(inSet(playableEverywhere)),
    ...codecs.filter(isAlsoPlayable),
    ...(['GSM', 'G729'] as const).flatMap((name) =>
      plays.includes(name) ? codecs.filter(inSet(codecsByLibrary[name])) : [],
    ),
  ]
  const accompanying = codecs.filter(({ encoding }) => nonSpeech.has(encoding))
  const others = codecs.filter((codec) => !playable.includes(codec) && !accompanying.includes(codec))
  return { playable, accompanying, others }
}

/**
 * Returns the formats that we are willing to receive, the preferred first (RFC 3264 section 6.1). Formats that cannot be played
 * are omitted if the client has a better one and accepts an answer without them.
 */
function answeredTypes(codecs: readonly Codec[], formats: SortedFormats, answersAll: boolean): number[] {
  const { playable, accompanying, others } = formats
  const chosen = playable.length === 0 ? codecs : [...playable, ...(answersAll ? others : []), ...accompanying]
  return [...new Set(chosen.map(({ payloadType }) => payloadType))]
}

/** Returns true if rtcp-mux is offered, without a payload type that could be mistaken for RTCP (RFC 5761 section 4). */
function offersMux({ attributes, codecs }: SdpMedia): boolean {
  const isOffered = attributes.some(({ name }) => name === 'rtcp-mux')
  return isOffered && !codecs.some(({ payloadType }) => payloadType >= 64 && payloadType <= 95)
}

function reasonToRefuse(media: SdpMedia, acceptsKeys: boolean): StreamPlan['refusedBecause'] {
  if (!media.readable) return 'unreadable'
  if (media.port === 0) return 'port 0'
  if (media.type !== 'audio') return 'not audio'
  const profile = /^RTP\/(S?)AVPF?$/i.exec(media.protocol)
  if (!profile) return 'other transport'
  // Answering AVP to SAVP is forbidden (RFC 3264 section 6.1).
  if (profile[1] && !acceptsKeys) return 'keys in clear'
  if (profile[1] && media.crypto.length === 0) return 'no usable key'
  return media.codecs.some(({ encoding }) => !nonSpeech.has(encoding)) ? undefined : 'unreadable'
}

/** RFC 7866 section 7.2: a recording server only receives. An offer to receive from us is answered inactive. */
function answerDirection(media: SdpMedia): 'recvonly' | 'inactive' {
  return media.direction === 'inactive' || media.direction === 'recvonly' ? 'inactive' : 'recvonly'
}

export interface AnswerOptions {
  /** Our address for media, IPv4 or IPv6. */
  readonly address: string
  /** The o= line's numbers. The session keeps the id for the dialog and increments the version for each answer. */
  readonly origin: { readonly sessionId: string; readonly version: number }
  /** Port opened for each accepted media line, by index. Unused in history-only mode. */
  readonly ports: ReadonlyMap<number, number>
  /**
   * Returns our key for reports on an accepted stream with keys. If missing, a random key is used, for a stream on which
   * nothing will be sent: an answer to keys must contain one (RFC 4568 section 5.1.2).
   */
  readonly ownKey?: ((stream: StreamPlan) => MasterKey) | undefined
  /** `historyOnly`: the call is not recorded. Every audio line is answered inactive and no port is opened. */
  readonly mode: 'record' | 'historyOnly'
  /** True for a later offer of the same dialog, which may close every stream. A first offer with nothing acceptable is refused. */
  readonly reoffer?: boolean
}

export interface Answer {
  readonly kind: 'answer'
  /** application/sdp, ends with a line break. */
  readonly text: string
  readonly streams: readonly StreamPlan[]
}

/**
 * Returns the answer to an offer: one media line for each offered, in order, with the payload types of its plan, labels echoed,
 * never sendrecv, rtcp-mux if it was offered. Refuses with 488 without acceptable audio.
 */
export function answerOffer(
  offer: SessionDescription,
  plans: readonly StreamPlan[],
  options: AnswerOptions,
): Answer | Refusal {
  const anyAccepted = plans.some(({ accepted }) => accepted)
  if (!anyAccepted && !options.reoffer) return refuseOffer(plans)
  const streams = options.mode === 'record' ? plans : plans.map((plan) => ({ ...plan, direction: 'inactive' as const }))
  const host = `IN ${isIPv6(options.address) ? 'IP6' : 'IP4'} ${options.address}`
  const { sessionId, version } = options.origin
  const lines = ['v=0', `o=seloste ${sessionId} ${version} ${host}`, 's=-', `c=${host}`, `t=${offer.timing}`]
  for (const stream of streams) {
    const media = offer.media[stream.index]!
    lines.push(
      ...(stream.accepted ? acceptedLines(media, stream, portFor(stream, options), options) : refusedLines(media)),
    )
  }
  return { kind: 'answer', text: lines.join('\r\n') + '\r\n', streams }
}

/** Returns true if an accepted stream offers no playable format. */
export function lacksPlayable(plans: readonly StreamPlan[]): boolean {
  return plans.some(({ accepted, storage }) => accepted && storage === 'asArrives')
}

/** Returns true for a stream that the client would send and that cannot be accepted. */
export function isRefusedHere({ refusedBecause }: StreamPlan): boolean {
  return refusedBecause !== undefined && refusedBecause !== 'port 0' && refusedBecause !== 'not audio'
}

/** Returns true if a voice is not recorded or cannot be played: its line cannot be accepted, and no other has its label. */
export function lacksVoice(plans: readonly StreamPlan[]): boolean {
  const acceptedLabels = new Set(plans.filter(({ accepted }) => accepted).map(({ label }) => label))
  const missing = (plan: StreamPlan) =>
    isRefusedHere(plan) && (plan.label === undefined || !acceptedLabels.has(plan.label))
  return lacksPlayable(plans) || plans.some(missing)
}

/** Refusal of a call that is to be recorded but whose media cannot be received. */
export const refusedUnreachableMedia = refuse(488, 'Media Address Of Another IP Version')

/** Returns the reason why no stream of an offer is acceptable, for the client's operator. */
export function refuseOffer(plans: readonly StreamPlan[]): Refusal {
  const is = (reason: StreamPlan['refusedBecause']) => plans.some(({ refusedBecause }) => refusedBecause === reason)
  if (is('keys in clear')) return refuse(488, 'SRTP Keys Only Over TLS')
  if (is('no usable key')) return refuse(488, 'No Usable SRTP Key')
  if (is('other address family')) return refusedUnreachableMedia
  return refuse(488, is('other transport') ? 'Only RTP Or SRTP With SDES Keys' : 'No Audio In Offer')
}

function portFor(stream: StreamPlan, options: AnswerOptions): number {
  if (options.mode === 'historyOnly') return discardPort
  const port = options.ports.get(stream.index)
  if (port === undefined) throw new Error('a port is missing for an accepted stream')
  return port
}

function acceptedLines(media: SdpMedia, stream: StreamPlan, port: number, { ownKey }: AnswerOptions): string[] {
  const types = stream.answered ?? stream.codecs.map(({ payloadType }) => payloadType)
  const isAnswered = ({ name, value }: SdpAttribute) =>
    (name !== 'rtpmap' && name !== 'fmtp') || types.includes(Number.parseInt(value ?? '', 10))
  const described = { attributes: media.attributes.filter(isAnswered) }
  return [
    `m=audio ${port} ${media.protocol} ${types.join(' ')}`,
    ...echo(described, ['rtpmap', 'fmtp', 'ptime', 'maxptime']),
    ...echo(media, ['label']),
    ...(stream.mux ? ['a=rtcp-mux'] : []),
    ...(stream.crypto
      ? [writeCrypto(stream.crypto, ownKey?.(stream) ?? makeMasterKey(stream.crypto.keys[0]!.suite))]
      : []),
    `a=${stream.direction}`,
  ]
}

/** RFC 3264 section 6: a rejected stream keeps its place and at least one format. */
function refusedLines(media: SdpMedia): string[] {
  if (!media.readable) return ['m=audio 0 RTP/AVP 0']
  return [`m=${media.type} 0 ${media.protocol} ${media.formats.join(' ')}`, ...echo(media, ['label'])]
}

/** Returns attributes as received, in their order, except those with control characters. */
function echo(media: Pick<SdpMedia, 'attributes'>, names: readonly string[]): string[] {
  return media.attributes
    .filter(({ name, value }) => names.includes(name) && value && !/\p{Cc}/u.test(value.replaceAll('\t', ' ')))
    .map(({ name, value }) => `a=${name}:${value}`)
}

/** Returns the plan of our own offer's stream, until the answer contains the media source. */
export function ownOfferPlan(sourceAddress: string): StreamPlan {
  return {
    index: 0,
    accepted: true,
    direction: 'recvonly',
    paused: false,
    codecs: ownCodecs,
    answered: ownCodecs.map(({ payloadType }) => payloadType),
    storage: 'playable',
    remote: { address: sourceAddress, port: 0, basis: 'signalling' },
  }
}

const ownCodecs: readonly Codec[] = [
  { payloadType: 8, encoding: 'PCMA', clockRate: 8000, channels: 1 },
  { payloadType: 0, encoding: 'PCMU', clockRate: 8000, channels: 1 },
  { payloadType: 13, encoding: 'CN', clockRate: 8000, channels: 1 },
  { payloadType: 101, encoding: 'TELEPHONE-EVENT', clockRate: 8000, channels: 1 },
]

/**
 * Returns our own offer for an INVITE without SDP (Cisco's built-in bridge offers nothing and answers in its ACK): one
 * receive-only stream of supported codecs (RFC 3264 section 5).
 */
export function offerStream(
  options: Pick<AnswerOptions, 'address' | 'origin' | 'mode'> & { readonly port: number },
): string {
  const host = `IN ${isIPv6(options.address) ? 'IP6' : 'IP4'} ${options.address}`
  const record = options.mode === 'record'
  return [
    'v=0',
    `o=seloste ${options.origin.sessionId} ${options.origin.version} ${host}`,
    's=-',
    `c=${host}`,
    't=0 0',
    `m=audio ${record ? options.port : discardPort} RTP/AVP 8 0 13 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:13 CN/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    record ? 'a=recvonly' : 'a=inactive',
    '',
  ].join('\r\n')
}
