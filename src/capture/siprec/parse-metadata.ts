/**
 * Parses recording metadata (RFC 7865 and its drafts) from XML to facts. By local element names only; ids, addresses and
 * associations are accepted wherever clients put them. Never throws: bad metadata never loses a call.
 */
import { boundaryOfOpenSips, escapeOpenSips } from './escape-opensips.ts'
import { finishDraft, newDraft, type Draft, type ParsedMetadata } from './metadata-draft.ts'
import type { StreamLink } from './recording-metadata.ts'
import { readTime } from './read-time.ts'
import { jambonzField, readCallExtension, readParticipantExtension } from './read-vendor-extensions.ts'
import { readXmlTree, textOf, valueOf, type XmlElement } from './read-xml-tree.ts'

export interface MetadataOptions {
  /** Zone of times without one; IANA name. */
  readonly zone: string
  /** Content-Type of the body. */
  readonly contentType?: string | undefined
}

/** RFC 7865 section 6.5.1 allows several addresses for a participant; more than a few do not occur. */
const maxNameIds = 4

/** Position in the document: extensions and inner associations belong to the enclosing element. */
interface Position {
  readonly participantId?: string
  readonly insideExtension?: boolean
  /** jambonz' namespace is declared: its element names are common words, and its presence crosses the streams. */
  readonly insideJambonz?: boolean
  /** Inside text written by callers, nothing counts as a vendor extension. */
  readonly insideCallerText?: boolean
  /** Inside an association, `participant`, `stream` and `session` are references, not descriptions. */
  readonly insideAssociation?: boolean
}

const described: ReadonlySet<string> = new Set(['group', 'session', 'participant', 'stream'])
const callerTexts: ReadonlySet<string> = new Set(['nameid', 'name', 'aor', 'sipsessionid'])
const participantIds = ['participant_id', 'participantid', 'participant'] as const
const sessionIds = ['session_id', 'sessionid', 'session'] as const

export function parseMetadata(text: string, options: MetadataOptions): ParsedMetadata {
  const escaped = boundaryOfOpenSips.test(options.contentType ?? '') ? escapeOpenSips(text) : text
  const tree = readXmlTree(escaped)
  if (!tree.root) return { problems: tree.problems.length > 0 ? tree.problems : ['xml-broken'] }
  const draft = newDraft(options.zone, tree.problems)
  if (tree.root.name !== 'recording' && tree.root.name !== 'recording_metadata')
    draft.problems.add('metadata-root-unknown')
  if (escaped !== text) draft.problems.add('xml-repaired')
  walk(tree.root, {}, draft)
  return finishDraft(draft)
}

function walk(element: XmlElement, position: Position, draft: Draft): void {
  if (position.insideAssociation && described.has(element.name)) return
  let inner: Position = element.name.endsWith('assoc') ? { ...position, insideAssociation: true } : position
  if (callerTexts.has(element.name)) inner = { ...inner, insideCallerText: true }
  if (element.namespaces.some((name) => name.includes('jambonz'))) inner = { ...inner, insideJambonz: true }
  const isVendorElement =
    !Object.hasOwn(jambonzField, element.name) || (position.insideExtension && inner.insideJambonz)
  if (!position.insideCallerText && isVendorElement) readCallExtension(element, draft.vendor)
  switch (element.name) {
    case 'datamode':
      draft.dataMode = textOf(element).toLowerCase() === 'partial' ? 'partial' : 'complete'
      break
    case 'group':
      readGroup(element, draft)
      break
    case 'session':
      readSession(element, draft)
      break
    case 'participant':
      inner = { ...inner, participantId: readParticipant(element, draft) }
      break
    case 'stream':
      readStream(element, draft)
      break
    case 'participantsessionassoc':
      readSessionAssociation(element, draft)
      break
    case 'participantstreamassoc':
      readStreamLinks(element, idIn(element, ...participantIds) ?? position.participantId, draft)
      break
    case 'extensiondata': {
      if (position.insideCallerText) break
      const extension = readParticipantExtension(element)
      const parent = position.participantId ?? idIn(element, 'parent')
      if (extension && parent !== undefined) draft.extensions.push({ parent, extension })
      inner = { ...inner, insideExtension: true }
      break
    }
  }
  for (const child of element.children) walk(child, inner, draft)
}

function readGroup(element: XmlElement, draft: Draft): void {
  const id = idIn(element, 'group_id', 'id')
  if (id) draft.groups.set(id, { id })
}

function readSession(element: XmlElement, draft: Draft): void {
  const id = idOrGenerated(element, ['session_id', 'id', 'sessionid'], 'session', draft.sessions.size, draft)
  const times = {
    // Oracle gives the session no start, only the time of its association.
    startTimeMs: timeIn(element, draft, 'start-time', 'starttime', 'associate-time'),
    endTimeMs: timeIn(element, draft, 'stop-time', 'end-time', 'stoptime', 'endtime'),
  }
  const groupId = idIn(element, 'group-ref', 'group_id', 'group')
  const sipSessionId = valueOf(element, 'sipsessionid')
  draft.sessions.set(id, {
    ...draft.sessions.get(id),
    id,
    ...(groupId ? { groupId } : {}),
    ...(sipSessionId ? { sipSessionId } : {}),
    ...defined(times),
  })
}

function readParticipant(element: XmlElement, draft: Draft): string {
  const id = idOrGenerated(
    element,
    ['participant_id', 'id', 'participantid'],
    'participant',
    draft.participants.size,
    draft,
  )
  const before = draft.participants.get(id)
  const nameIds = element.children.filter(({ name }) => name === 'nameid').slice(0, maxNameIds)
  const aors = [...new Set([element, ...nameIds].flatMap(aorsIn))].slice(0, maxNameIds)
  const name = [...nameIds, element].map((holder) => valueOf(holder, 'name')).find((text) => text !== undefined)
  const sessionId = idIn(element, ...sessionIds)
  draft.participants.set(id, {
    ...before,
    id,
    aors: aors.length > 0 ? aors : (before?.aors ?? []),
    ...(name ? { name } : {}),
    ...(sessionId ? { sessionId } : {}),
  })
  readStreamLinks(element, id, draft)
  if (sessionId) draft.sessionLinks.push({ participantId: id, sessionId, ...linkTimes(element, draft) })
  return id
}

/** Reads an attribute or children; BroadWorks writes an address and a number as two children of one participant. */
function aorsIn(holder: XmlElement): string[] {
  const written = holder.children.filter(({ name }) => name === 'aor').map(textOf)
  return [holder.attributes.get('aor')?.trim() ?? '', ...written].filter((aor) => aor !== '')
}

function readStream(element: XmlElement, draft: Draft): void {
  const id = idOrGenerated(element, ['stream_id', 'id', 'streamid'], 'stream', draft.streams.size, draft)
  const label = valueOf(element, 'label')
  const sessionId = idIn(element, ...sessionIds)
  const mode = valueOf(element, 'mode')?.toLowerCase()
  draft.streams.set(id, {
    ...draft.streams.get(id),
    id,
    ...(label ? { label } : {}),
    ...(sessionId ? { sessionId } : {}),
    ...(mode === 'separate' || mode === 'mixed' ? { mode: mode } : {}),
  })
}

function readSessionAssociation(element: XmlElement, draft: Draft): void {
  const participantId = idIn(element, ...participantIds)
  const sessionId = idIn(element, ...sessionIds)
  if (!participantId || !sessionId) {
    draft.problems.add('metadata-id-missing')
    return
  }
  draft.sessionLinks.push({ participantId, sessionId, ...linkTimes(element, draft) })
}

/**
 * Reads `<send>id</send>` or `<send><id>id</id></send>`; Cisco sends several, Avaya empty ones. An association that only names
 * a stream (`<participant>`, `<stream>`) states its sender.
 */
function readStreamLinks(element: XmlElement, participantId: string | undefined, draft: Draft): void {
  const onlyNames = element.name.endsWith('assoc') && !element.children.some(({ name }) => /^(?:send|recv)$/.test(name))
  for (const child of element.children) {
    const direction = child.name === 'stream' && onlyNames ? 'send' : child.name
    if (direction !== 'send' && direction !== 'recv') continue
    const ids = [textOf(child), ...child.children.filter(({ name }) => name === 'id').map(textOf)].filter(
      (id) => id !== '',
    )
    if (!participantId) draft.problems.add('metadata-id-missing')
    else
      for (const id of ids) {
        const link: StreamLink = { participantId, streamId: plainId(id), direction, ...linkTimes(element, draft) }
        draft.streamLinks.push(link)
      }
  }
}

function linkTimes(element: XmlElement, draft: Draft): { fromMs?: number; untilMs?: number } {
  return defined({
    fromMs: timeIn(element, draft, 'associate-time'),
    untilMs: timeIn(element, draft, 'disassociate-time'),
  })
}

function timeIn(element: XmlElement, draft: Draft, ...names: string[]): number | undefined {
  const text = valueOf(element, ...names)
  if (!text) return undefined
  const time = readTime(text, draft.zone)
  if (time === undefined) draft.problems.add('metadata-time-ignored')
  return time
}

function idIn(element: XmlElement, ...names: string[]): string | undefined {
  const id = valueOf(element, ...names)
  return id ? plainId(id) : undefined
}

/** Returns the id, or a unique one that no reference can match, so that an element without id is not lost. */
function idOrGenerated(element: XmlElement, names: string[], kind: string, count: number, draft: Draft): string {
  const id = idIn(element, ...names)
  if (id) return id
  draft.problems.add('metadata-id-missing')
  return `(${kind} ${count + 1})`
}

/** Removes `urn:uuid:`, which clients write in one place and omit in another (BroadWorks, older Oracle). */
function plainId(id: string): string {
  const plain = id.replace(/^urn:uuid:/i, '')
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(plain) ? plain.toLowerCase() : plain
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends Record<string, unknown>>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}
