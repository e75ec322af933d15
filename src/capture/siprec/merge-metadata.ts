/**
 * Merges metadata over a session's life (RFC 7865 section 6.1): a complete snapshot replaces the previous one, a partial one
 * changes what it names.
 */
import { hasLeft } from './active-participants.ts'
import { limits } from './metadata-draft.ts'
import type { ParticipantFact, RecordingMetadata, SessionLink, StreamLink, VendorFacts } from './recording-metadata.ts'

/**
 * Returns the metadata after an update. A snapshot that describes no participant (a BYE's end time, a bare pause) counts as
 * partial even if it says complete. Stream links missing in a snapshot are kept as `former`: Cisco and Avaya send empty
 * associations while a call is on hold, and its tracks must not lose their speakers.
 */
export function mergeMetadata(before: RecordingMetadata | undefined, update: RecordingMetadata): RecordingMetadata {
  return before ? prune(merge(before, update)) : update
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
  const participants = partial ? mergeParticipants(before.participants, update.participants) : update.participants
  const left = formerParticipants(before, participants)
  if (partial) {
    return {
      dataMode: 'complete',
      ...(before.isCut && { isCut: true }),
      sessions: mergeBy(idOf, before.sessions, update.sessions),
      participants,
      ...(left.length > 0 && { left }),
      streams: mergeBy(idOf, before.streams, update.streams),
      groups: mergeBy(idOf, before.groups, update.groups),
      streamLinks: links,
      sessionLinks: mergeSessionLinks(before.sessionLinks, update),
      vendor,
    }
  }
  const streams = update.streams.length > 0 ? update.streams : before.streams
  return {
    ...update,
    dataMode: 'complete',
    ...(before.isCut && { isCut: true }),
    ...(left.length > 0 && { left }),
    sessions: update.sessions.length > 0 ? update.sessions : before.sessions,
    streams,
    streamLinks: links
      .filter((link) => named.has(linkKey(link)) || known.has(link.participantId))
      .map((link) => (named.has(linkKey(link)) ? link : { ...link, former: true as const })),
    vendor,
  }
}

/**
 * Merges the links of participants to sessions. A repeated link is in force again, also if its times are the earlier ones. So
 * are those of a participant whose voice the update links to a stream and whose leaving it does not report.
 */
function mergeSessionLinks(
  before: readonly SessionLink[],
  { sessionLinks, streamLinks }: RecordingMetadata,
): SessionLink[] {
  const named = new Set(sessionLinks.map(sessionKey))
  const linked = new Set(sessionLinks.map(({ participantId }) => participantId))
  const speaking = streamLinks.filter(({ direction, untilMs }) => direction === 'send' && untilMs === undefined)
  const returned = new Set(speaking.map(({ participantId }) => participantId).filter((id) => !linked.has(id)))
  const open = before.map(({ untilMs, ...link }) =>
    untilMs === undefined || named.has(sessionKey(link)) || returned.has(link.participantId)
      ? link
      : { ...link, untilMs },
  )
  return mergeBy(sessionKey, open, sessionLinks)
}

/** Merges participants by id. A participant without an address keeps the known one. */
function mergeParticipants(before: readonly ParticipantFact[], update: readonly ParticipantFact[]): ParticipantFact[] {
  return mergeBy(idOf, before, update).map((participant) =>
    participant.aors.length > 0
      ? participant
      : { ...participant, aors: before.find(({ id }) => id === participant.id)?.aors ?? [] },
  )
}

/**
 * Returns participants as earlier metadata described them, unless they are described in the same way now. A client may give
 * somebody else the same id, as after a transfer (RFC 4916). Each description is kept once, whatever ids it had.
 */
function formerParticipants(
  { left = [], participants: before }: RecordingMetadata,
  now: readonly ParticipantFact[],
): ParticipantFact[] {
  const described = new Set(now.map(descriptionOf))
  const former = new Map<string, ParticipantFact>()
  for (const participant of [...left, ...before]) {
    const description = descriptionOf(participant)
    if (!described.has(description) && !former.has(description)) former.set(description, participant)
  }
  return [...former.values()]
}

/** Returns the text of all fields from which numbersOf() reads numbers. */
function descriptionOf({ id, aors, name, extension }: ParticipantFact): string {
  return JSON.stringify([/^\+?[\d\s()-]+$/.test(id) ? id : '', aors, name ?? '', extension?.headers ?? []])
}

/**
 * Shortens lists that exceed the limits: drops entries that are no longer in force, then the oldest, so that new participants
 * and links are kept. Sessions and groups are dropped at the end, because the first ones identify the call.
 */
function prune(metadata: RecordingMetadata): RecordingMetadata {
  let isCut = metadata.isCut === true
  const cut = <T>(list: readonly T[], limit: number, shortened: (list: readonly T[]) => readonly T[]) => {
    if (list.length <= limit) return list
    isCut = true
    return shortened(list)
  }
  const shorten = <T>(list: readonly T[], limit: number, isPast: (item: T) => boolean) => {
    let excess = list.length - limit
    const rest = excess > 0 ? list.filter((item) => excess <= 0 || !isPast(item) || excess-- <= 0) : list
    return cut(rest, limit, (some) => some.slice(-limit))
  }
  const participants = shorten(metadata.participants, limits.participants, ({ id }) => hasLeft(metadata, id))
  const left = shorten(formerParticipants(metadata, participants), limits.participants, () => false)
  const ids = new Set(participants.map(idOf))
  // A participant whose links are all past is not heard. Without any link they would count as heard.
  const voiceOf = ({ direction, participantId }: StreamLink) => `${direction} ${participantId}`
  const newest = new Map(metadata.streamLinks.map((link) => [voiceOf(link), link]))
  const isPast = ({ former, untilMs }: StreamLink) => former === true || untilMs !== undefined
  const streamLinks = shorten(
    metadata.streamLinks,
    limits.links,
    (link) => !ids.has(link.participantId) || (isPast(link) && newest.get(voiceOf(link)) !== link),
  )
  const heard = new Set(streamLinks.filter((link) => !isPast(link)).map(({ streamId }) => streamId))
  const pruned = {
    ...metadata,
    ...(left.length > 0 && { left }),
    participants,
    streams: shorten(metadata.streams, limits.streams, ({ id }) => !heard.has(id)),
    streamLinks,
    sessionLinks: shorten(metadata.sessionLinks, limits.links, ({ participantId }) => !ids.has(participantId)),
    sessions: cut(metadata.sessions, limits.sessions, (all) => all.slice(0, limits.sessions)),
    groups: cut(metadata.groups, limits.groups, (all) => all.slice(0, limits.groups)),
  }
  return isCut ? { ...pruned, isCut } : pruned
}

/** Facts of a client's extension hold until it sends others: BroadWorks names the queue only in the INVITE. */
function mergeVendors(before: VendorFacts, update: VendorFacts): VendorFacts {
  const names = Object.keys({ ...before, ...update }) as (keyof VendorFacts)[]
  return Object.fromEntries(names.map((name) => [name, { ...before[name], ...update[name] }]))
}

function idOf({ id }: { id: string }): string {
  return id
}

function sessionKey({ participantId, sessionId }: SessionLink): string {
  return `${participantId}\n${sessionId}`
}

function linkKey(link: StreamLink): string {
  return `${link.direction} ${link.participantId}\n${link.streamId}`
}

/** Merges items by key, in order of first appearance: fields of the update replace earlier ones, fields it lacks are kept. */
function mergeBy<T extends object>(keyOf: (item: T) => string, before: readonly T[], update: readonly T[]): T[] {
  const merged = new Map(before.map((item) => [keyOf(item), item]))
  for (const item of update) merged.set(keyOf(item), { ...merged.get(keyOf(item)), ...item })
  return [...merged.values()]
}
