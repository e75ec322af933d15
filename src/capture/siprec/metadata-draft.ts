/** Metadata while being parsed: elements come in any order, with forward references. */
import type { Problem } from './problem.ts'
import type {
  GroupFact,
  ParticipantExtension,
  ParticipantFact,
  RecordingMetadata,
  SessionFact,
  SessionLink,
  StreamFact,
  StreamLink,
  VendorFacts,
} from './recording-metadata.ts'

export interface ParsedMetadata {
  /** Undefined if the text contains no element at all, or was refused (DTD, size). */
  readonly metadata?: RecordingMetadata
  readonly problems: readonly Problem[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface Draft {
  dataMode: 'complete' | 'partial'
  sessions: Map<string, SessionFact>
  participants: Map<string, ParticipantFact>
  streams: Map<string, StreamFact>
  groups: Map<string, GroupFact>
  streamLinks: StreamLink[]
  sessionLinks: SessionLink[]
  vendor: Mutable<VendorFacts>
  extensions: { parent: string; extension: ParticipantExtension }[]
  problems: Set<Problem>
  zone: string
}

export function newDraft(zone: string, problems: readonly Problem[]): Draft {
  return {
    dataMode: 'complete',
    sessions: new Map(),
    participants: new Map(),
    streams: new Map(),
    groups: new Map(),
    streamLinks: [],
    sessionLinks: [],
    vendor: {},
    extensions: [],
    problems: new Set(problems),
    zone,
  }
}

/** Joins extensions to their participants and checks references. */
export function finishDraft(draft: Draft): ParsedMetadata {
  for (const { parent, extension } of draft.extensions.slice(0, limits.participants)) {
    const participant = draft.participants.get(parent)
    if (!participant) continue
    const headers = [...(participant.extension?.headers ?? []), ...extension.headers].slice(0, limits.headers)
    draft.participants.set(parent, { ...participant, extension: { ...participant.extension, ...extension, headers } })
  }
  const dangling = draft.streamLinks.some(
    ({ participantId, streamId }) => !draft.participants.has(participantId) || !draft.streams.has(streamId),
  )
  if (dangling && draft.dataMode === 'complete') draft.problems.add('metadata-reference-unknown')
  // A partial update that only begins or ends associations with streams names its participants there.
  const onlyLinks = draft.dataMode === 'partial' && draft.streamLinks.length > 0
  if (draft.participants.size === 0 && !onlyLinks) draft.problems.add('metadata-no-participants')
  const whole: RecordingMetadata = {
    dataMode: draft.dataMode,
    sessions: [...draft.sessions.values()],
    participants: [...draft.participants.values()],
    streams: [...draft.streams.values()],
    groups: [...draft.groups.values()],
    streamLinks: uniqueLinks(draft.streamLinks),
    sessionLinks: draft.sessionLinks,
    vendor: draft.vendor,
  }
  const metadata = withinLimits(whole)
  const cut = (Object.keys(whole) as (keyof RecordingMetadata)[]).some((key) => metadata[key] !== whole[key])
  if (cut) draft.problems.add('xml-too-large')
  return { metadata, problems: [...draft.problems] }
}

/** Longest lists, longer than any real call's, so that lookups stay fast. */
export const limits = { sessions: 64, participants: 64, streams: 64, groups: 16, links: 512, headers: 32 }

/** Truncates the lists of one document. */
function withinLimits(metadata: RecordingMetadata): RecordingMetadata {
  const cut = <T>(list: readonly T[], limit: number) => (list.length > limit ? list.slice(0, limit) : list)
  return {
    ...metadata,
    sessions: cut(metadata.sessions, limits.sessions),
    participants: cut(metadata.participants, limits.participants),
    streams: cut(metadata.streams, limits.streams),
    groups: cut(metadata.groups, limits.groups),
    streamLinks: cut(metadata.streamLinks, limits.links),
    sessionLinks: cut(metadata.sessionLinks, limits.links),
  }
}

/** Returns one link for each participant, stream and direction; the last one wins. */
function uniqueLinks(links: readonly StreamLink[]): StreamLink[] {
  return [...new Map(links.map((link) => [`${link.direction} ${link.participantId}\n${link.streamId}`, link])).values()]
}
