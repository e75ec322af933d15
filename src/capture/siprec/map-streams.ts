/**
 * Maps media lines to voices, by label and metadata, never by position alone: OpenSIPS offers the callee first, and jambonz
 * names a stream "caller" that carries the callee.
 */
import type { IdentifyOptions, ReviewReason, StreamSource, Track } from './identified-parties.ts'
import type { Evidence } from './party-evidence.ts'
import { allParameters, readAddresses } from './read-header-value.ts'
import { mediaIndexId } from './read-network-recording.ts'
import type { RecordingMetadata } from './recording-metadata.ts'

export interface StreamMapping {
  readonly streams: Readonly<Record<number, Track>>
  readonly source: StreamSource
  readonly needsReview: readonly ReviewReason[]
}

export interface Roles {
  readonly callerId: string | undefined
  readonly otherIds: readonly string[]
}

type Line = IdentifyOptions['streams'][number]

export function mapStreams(evidence: Evidence, options: IdentifyOptions, roles: Roles): StreamMapping {
  const { streams: lines, trackOverride } = options
  if (lines.length === 0) return { streams: {}, source: 'none', needsReview: [] }
  if (typeof trackOverride === 'object') {
    const named = lines.map((line) => trackOverride[line.label ?? ''] ?? trackOverride[String(line.index)])
    if (named.every((track) => track !== undefined)) return mapping(lines, named, 'override')
  }
  const signalled = signalledMapping(evidence, lines, roles)
  const crossed =
    trackOverride === 'crossed' || (trackOverride === undefined && evidence.metadata?.vendor.jambonz !== undefined)
  if (!crossed) return signalled
  const swapped = lines.map(({ index }) => swap(signalled.streams[index]!))
  return { ...mapping(lines, swapped, 'crossed'), needsReview: signalled.needsReview }
}

function signalledMapping(evidence: Evidence, lines: readonly Line[], roles: Roles): StreamMapping {
  const bridge = bridgeTrack(evidence)
  if (bridge && lines.length === 1) return mapping(lines, [bridge], 'builtInBridge')
  const linked = completePair(lines.map((line) => linkedTrack(evidence.metadata, line, roles)))
  if (linked.every((track) => track !== undefined)) {
    const contradict = linked.length === 2 && linked[0] === linked[1] && linked[0] !== 'mixed'
    return contradict ? byOrder(lines, 'streamsContradict') : mapping(lines, linked, 'associations')
  }
  // Two separate voices, and a stream that the metadata do not mention: that stream is recorded in addition to the voices.
  if (linked.includes('caller') && linked.includes('official') && !contradicts(linked))
    return { ...mapping(lines, linked, 'associations'), needsReview: ['streamsByOrder'] }
  const words = completePair(lines.map(({ label }) => trackOfWord(label)))
  if (words.every((track) => track !== undefined) && words[0] !== words[1]) {
    return { ...mapping(lines, words, 'labelWord'), needsReview: ['streamsByLabelWord'] }
  }
  const paired = pairedTracks(evidence.metadata, lines, roles)
  if (paired) return { ...mapping(lines, paired, 'order'), needsReview: ['streamsByOrder'] }
  // A single stream without further information is mixed (FreeSWITCH): no guess, nothing to review.
  return lines.length === 1 ? mapping(lines, ['mixed'], 'order') : byOrder(lines, 'streamsByOrder')
}

/**
 * Two participants, two streams and no association (Connectel, Cisco on hold): the first participant has the first stream, by
 * label if SDP and metadata have the same labels, otherwise by position.
 */
function pairedTracks(
  metadata: RecordingMetadata | undefined,
  lines: readonly Line[],
  roles: Roles,
): Track[] | undefined {
  const { participants = [], streams = [], streamLinks = [] } = metadata ?? {}
  if (participants.length !== 2 || streams.length !== 2 || lines.length !== 2 || streamLinks.length > 0)
    return undefined
  const callerAt = participants.findIndex(({ id }) => id === roles.callerId)
  const streamAt = lines.map(({ label }) =>
    streams.findIndex((stream) => label !== undefined && stream.label === label),
  )
  if (callerAt === -1 || streamAt[0] === streamAt[1]) return undefined
  const positions = streamAt.includes(-1) ? [0, 1] : streamAt
  return positions.map((at) => (at === callerAt ? 'caller' : 'official'))
}

function contradicts(tracks: readonly (Track | undefined)[]): boolean {
  const voices = tracks.filter((track) => track === 'caller' || track === 'official')
  return new Set(voices).size < voices.length
}

function byOrder(lines: readonly Line[], reason: ReviewReason): StreamMapping {
  const tracks = lines.map((_, at): Track => (lines.length > 2 ? 'mixed' : at === 0 ? 'caller' : 'official'))
  return { ...mapping(lines, tracks, 'order'), needsReview: [reason] }
}

/** Returns the track that a word in the label names, such as `caller`, `audio-callee` or `b_leg`. */
function trackOfWord(label: string | undefined): Track | undefined {
  const words = (label ?? '').toLowerCase()
  return (
    trackWords[words] ??
    words.split(/[^a-z]+/).reduce<Track | undefined>((track, w) => track ?? trackWords[w], undefined)
  )
}

const trackWords: Readonly<Record<string, Track | undefined>> = Object.assign(
  Object.create(null) as object,
  {
    caller: 'caller',
    customer: 'caller',
    a_leg: 'caller',
    inbound: 'caller',
    callee: 'official',
    agent: 'official',
    b_leg: 'official',
    outbound: 'official',
  } as const,
)

/** Returns the sender of the stream with this label. A link lost while a call is on hold still counts. */
function linkedTrack(metadata: RecordingMetadata | undefined, { label, index }: Line, roles: Roles): Track | undefined {
  if (!metadata) return undefined
  const streams = metadata.streams.filter(
    (stream) => (label !== undefined && stream.label === label) || stream.id === mediaIndexId(index),
  )
  const ids = streams.map(({ id }) => id)
  const sending = metadata.streamLinks.filter(
    ({ direction, streamId }) => direction === 'send' && ids.includes(streamId),
  )
  const current = sending.filter(({ former, untilMs }) => !former && untilMs === undefined)
  const senders = (current.length > 0 ? current : sending).map(({ participantId }) => participantId)
  // BroadWorks omits the other parties of a mixed stream, or gives them one that is nowhere described.
  if (streams.some(({ mode }) => mode === 'mixed')) return 'mixed'
  const caller = roles.callerId !== undefined && senders.includes(roles.callerId)
  const other = senders.some((id) => roles.otherIds.includes(id))
  if (caller) return other ? 'mixed' : 'caller'
  // Without a known caller, "somebody else" is inconclusive.
  return other && roles.callerId !== undefined ? 'official' : undefined
}

function bridgeTrack(evidence: Evidence): Track | undefined {
  const from = readAddresses(evidence.headers('from'))[0]
  const parameters = from && allParameters(from)
  if (parameters?.has('x-nearend')) return 'official'
  return parameters?.has('x-farend') ? 'caller' : undefined
}

/** With two streams and one known voice, the other stream has the other voice. */
function completePair(tracks: readonly (Track | undefined)[]): (Track | undefined)[] {
  const [first, second] = tracks
  if (tracks.length !== 2 || first === 'mixed' || second === 'mixed') return [...tracks]
  return [first ?? (second && swap(second)), second ?? (first && swap(first))]
}

function swap(track: Track): Track {
  return track === 'mixed' ? 'mixed' : track === 'caller' ? 'official' : 'caller'
}

function mapping(
  lines: readonly Line[],
  tracks: readonly (Track | undefined)[],
  source: StreamMapping['source'],
): StreamMapping {
  const streams = Object.fromEntries(lines.map(({ index }, at) => [index, tracks[at] ?? 'mixed']))
  return { streams, source, needsReview: [] }
}
