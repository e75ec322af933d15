/**
 * Merges metadata over a session's life (RFC 7865 section 6.1): a complete snapshot replaces the previous one, a partial one
 * changes what it names.
 */
import { withinLimits } from './metadata-draft.ts'
import type { RecordingMetadata, StreamLink, VendorFacts } from './recording-metadata.ts'

/**
 * Returns the metadata after an update. A snapshot that describes no participant (a BYE's end time, a bare pause) counts as
 * partial even if it says complete. Stream links missing in a snapshot are kept as `former`: Cisco and Avaya send empty
 * associations while a call is on hold, and its tracks must not lose their speakers.
 */
export function mergeMetadata(before: RecordingMetadata | undefined, update: RecordingMetadata): RecordingMetadata {
  return before ? withinLimits(merge(before, update)) : update
}

function merge(before: RecordingMetadata, update: RecordingMetadata): RecordingMetadata {
  const vendor = mergeVendors(before.vendor, update.vendor)
  const named = new Set(update.streamLinks.map(linkKey))
  const revived = before.streamLinks.map(({ former, ...link }) =>
    former && !named.has(linkKey(link)) ? { ...link, former } : link,
  )
  // A repeated link is in force again: the end was that of the earlier one.
  const open = revived.map(({ untilMs, ...link }) =>
    untilMs === undefined || named.has(linkKey(link)) ? link : { ...link, untilMs },
  )
  const links = mergeBy(linkKey, open, update.streamLinks)
  const known = new Set(update.participants.map(idOf))
  const partial = update.dataMode === 'partial' || update.participants.length === 0
  if (partial) {
    const sessionKey = (link: { participantId: string; sessionId: string }) =>
      `${link.participantId}\n${link.sessionId}`
    return {
      dataMode: 'complete',
      sessions: mergeBy(idOf, before.sessions, update.sessions),
      participants: mergeBy(idOf, before.participants, update.participants).map((participant) =>
        participant.aors.length > 0
          ? participant
          : { ...participant, aors: before.participants.find(({ id }) => id === participant.id)?.aors ?? [] },
      ),
      ...(before.left && { left: before.left.filter(({ id }) => !known.has(id)) }),
      streams: mergeBy(idOf, before.streams, update.streams),
      groups: mergeBy(idOf, before.groups, update.groups),
      streamLinks: links,
      sessionLinks: mergeBy(sessionKey, before.sessionLinks, update.sessionLinks),
      vendor,
    }
  }
  const streams = update.streams.length > 0 ? update.streams : before.streams
  const left = [...(before.left ?? []), ...before.participants].filter(({ id }) => !known.has(id))
  return {
    ...update,
    dataMode: 'complete',
    ...(left.length > 0 && { left }),
    sessions: update.sessions.length > 0 ? update.sessions : before.sessions,
    streams,
    streamLinks: links
      .filter((link) => named.has(linkKey(link)) || known.has(link.participantId))
      .map((link) => (named.has(linkKey(link)) ? link : { ...link, former: true as const })),
    vendor,
  }
}

/** Facts of a client's extension hold until it sends others: BroadWorks names the queue only in the INVITE. */
function mergeVendors(before: VendorFacts, update: VendorFacts): VendorFacts {
  const names = Object.keys({ ...before, ...update }) as (keyof VendorFacts)[]
  return Object.fromEntries(names.map((name) => [name, { ...before[name], ...update[name] }]))
}

function idOf({ id }: { id: string }): string {
  return id
}

function linkKey(link: StreamLink): string {
  return `${link.direction} ${link.participantId}\n${link.streamId}`
}

/** Later fields win, missing fields stay; order of first appearance. */
function mergeBy<T extends object>(keyOf: (item: T) => string, before: readonly T[], update: readonly T[]): T[] {
  const merged = new Map(before.map((item) => [keyOf(item), item]))
  for (const item of update) merged.set(keyOf(item), { ...merged.get(keyOf(item)), ...item })
  return [...merged.values()]
}
