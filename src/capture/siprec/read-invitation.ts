/**
 * Entry point: reads one SIP request of a recording client (INVITE, re-INVITE, UPDATE, or a BYE with metadata). Readable parts
 * are used, and errors are reported as problems; only a body without SDP and metadata is refused.
 */
import {
  isRefusedHere,
  lacksPlayable,
  ownOfferPlan,
  planStreams,
  refuseOffer,
  type LibraryCodec,
  type StreamPlan,
} from './answer-offer.ts'
import { identifyParties } from './identify-parties.ts'
import type { IdentifiedParties, IdentitySource, TrackOverride } from './identified-parties.ts'
import { mergeMetadata } from './merge-metadata.ts'
import { parseMetadata } from './parse-metadata.ts'
import { parseSdp, type SessionDescription } from './parse-sdp.ts'
import type { Directory, Normalise } from './party-evidence.ts'
import type { Problem } from './problem.ts'
import { readCallIds, type CallId } from './read-call-ids.ts'
import { readCallTimes, type CallTimes } from './read-call-times.ts'
import type { HeaderReader } from './read-header-value.ts'
import { withGenesys } from './read-genesys.ts'
import { readNetworkRecording } from './read-network-recording.ts'
import type { RecordingMetadata } from './recording-metadata.ts'
import { refuse, type Refusal } from './refusal.ts'
import { splitMultipart, type OtherPart } from './split-multipart.ts'

export interface InvitationRequest {
  readonly contentType: string | undefined
  readonly body: Uint8Array | string
  readonly headers: HeaderReader
  /** The Request-URI. */
  readonly requestUri?: string
  /** Source of the request, an IP address: the media source if SDP names none. */
  readonly sourceAddress: string
  /** True if the request came over a transport on which nobody else can read its keys. */
  readonly acceptsKeys?: boolean
  /** Returns false for a media address of an IP version that is not listened on here. */
  readonly isReachable?: (address: string) => boolean
}

/** How to answer formats that cannot be played. */
export interface FormatPolicy {
  readonly plays?: readonly LibraryCodec[]
  /** Refuses an offer with a stream of such formats only, so that its client transcodes. */
  readonly refusesUnplayable?: boolean
  /** True if the client refuses an answer that omits a payload type. Default: by the names that it sends. */
  readonly answersAll?: boolean | undefined
}

/**
 * Programs that relay offers of rtpengine, which refuses an incomplete answer, so that their calls would not be recorded.
 * OpenSIPS under another name is recognised by its boundary.
 */
const relaysByRtpengine = /rtpengine|opensips|kamailio|jambonz|drachtio|oss-unique-boundary/i

export interface InvitationOptions<N = unknown, O = unknown> {
  readonly arrivedAtMs: number
  readonly normalise: Normalise
  readonly directory: Directory<N, O>
  /** Zone of metadata times without one; default Europe/Helsinki. */
  readonly zone?: string
  readonly trackOverride?: TrackOverride
  readonly identityFirst?: IdentitySource
  readonly formats?: FormatPolicy
  /** Metadata and streams already known in the session, for a later request of its dialog. */
  readonly before?: {
    readonly metadata?: RecordingMetadata
    readonly streams?: readonly StreamPlan[]
  }
}

export interface Invitation<N = unknown, O = unknown> {
  readonly kind: 'invitation'
  readonly found: 'nothing' | 'sdp' | 'metadata' | 'both'
  /** Missing in a delayed offer (SDP comes with the ACK) and in a metadata-only update. */
  readonly offer?: SessionDescription
  /** Media lines of this offer, else those in force, else that of our own offer. */
  readonly streams: readonly StreamPlan[]
  /** All media come from addresses of an IP version that is not listened on here: the call cannot be recorded. */
  readonly isUnheard?: true
  /** Merged with earlier metadata. */
  readonly metadata?: RecordingMetadata
  readonly others: readonly OtherPart[]
  readonly parties: IdentifiedParties<N, O>
  readonly externalCallId?: CallId
  /** All ids, for joining duplicates; the first is `externalCallId`. */
  readonly callIds: readonly CallId[]
  readonly times: CallTimes
  readonly problems: readonly Problem[]
}

export function readInvitation<N, O>(
  request: InvitationRequest,
  options: InvitationOptions<N, O>,
): Invitation<N, O> | Refusal {
  const { headers, sourceAddress } = request
  const split = splitMultipart(request.contentType, request.body, headers('content-transfer-encoding')[0])
  if (split.kind === 'refusal') return split
  const offer = split.sdp === undefined ? undefined : parseSdp(split.sdp)
  if (offer?.kind === 'refusal') return offer
  const planned = (isReachable: InvitationRequest['isReachable']) =>
    offer
      ? planStreams(offer, sourceAddress, {
          ...{ acceptsKeys: request.acceptsKeys, isReachable, plays: options.formats?.plays },
          answersAll:
            options.formats?.answersAll ??
            [offer.sessionName, request.contentType ?? '', ...headers('user-agent')].some((name) =>
              relaysByRtpengine.test(name),
            ),
        })
      : (options.before?.streams ?? [ownOfferPlan(sourceAddress)])
  let streams = planned(request.isReachable)
  const acceptsNoStream = () => offer !== undefined && !streams.some(({ accepted }) => accepted)
  const hasOtherAddressFamily = streams.some(({ refusedBecause }) => refusedBecause === 'other address family')
  const { isReachable = () => true } = request
  const wasUnheard = options.before?.streams?.some(({ accepted, remote }) => accepted && !isReachable(remote.address))
  // Not refused yet: that depends on whether the call is to be recorded. A history-only call needs no media.
  const isUnheard = hasOtherAddressFamily && acceptsNoStream() && (!options.before || wasUnheard === true)
  if (isUnheard) streams = planned(undefined)
  // A later offer may close every stream; a first one with nothing to record is no recording session. A later offer without
  // acceptable media is refused, and the session stays unchanged (RFC 3261 section 14.2).
  if ((!options.before || streams.some(isRefusedHere)) && acceptsNoStream()) return refuseOffer(streams)
  if (offer && options.formats?.refusesUnplayable && lacksPlayable(streams)) return refuse(488, 'No Playable Codec')
  const parsed =
    split.metadata === undefined
      ? undefined
      : parseMetadata(split.metadata, {
          zone: options.zone ?? 'Europe/Helsinki',
          contentType: request.contentType,
        })
  const fresh = withGenesys(parsed ? parsed.metadata : readNetworkRecording(headers), request.requestUri)
  const metadata = fresh ? mergeMetadata(options.before?.metadata, fresh) : options.before?.metadata
  const parties = identifyParties<N, O>(
    { ...(metadata ? { metadata } : {}), headers, normalise: options.normalise, directory: options.directory },
    {
      streams: streams.filter(({ accepted }) => accepted),
      ...(options.trackOverride ? { trackOverride: options.trackOverride } : {}),
      ...(options.identityFirst ? { identityFirst: options.identityFirst } : {}),
    },
  )
  const callIds = readCallIds(metadata, headers, split.others)
  const problems = new Set([
    ...split.problems,
    ...(offer?.problems ?? []),
    ...(parsed?.problems ?? []),
    ...cutOf(metadata),
  ])
  // Zeros in a later offer are a hold, as in every pause of BroadWorks (RFC 3264 section 8.4): nothing is missing.
  const lacksAddress = ({ accepted, paused, remote }: StreamPlan) =>
    accepted && remote.basis === 'signalling' && !(options.before && paused)
  if (offer && streams.some(lacksAddress)) problems.add('sdp-address-missing')
  if (offer && streams.length < (options.before?.streams?.length ?? 0)) problems.add('sdp-media-left-out')
  return {
    kind: 'invitation',
    found: split.found,
    ...(offer ? { offer } : {}),
    streams,
    ...(isUnheard && { isUnheard }),
    ...(metadata ? { metadata } : {}),
    others: split.others,
    parties,
    ...(callIds[0] ? { externalCallId: callIds[0] } : {}),
    callIds,
    times: readCallTimes(metadata, options.arrivedAtMs, parties.official?.participantId),
    problems: [...problems],
  }
}

function cutOf(metadata: RecordingMetadata | undefined): Problem[] {
  return metadata?.isCut ? ['xml-too-large'] : []
}
