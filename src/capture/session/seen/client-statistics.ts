/**
 * Counts which elements, headers and codecs each recording client sends, and which problems were found. Reports metadata with a
 * new structure. Stores no values that a client sent (R10).
 */
import { firstHeader, type SipRequest } from '../../sip/message.ts'
import { describeShape } from '../../siprec/describe-shape.ts'
import { splitMultipart } from '../../siprec/split-multipart.ts'
import type { CallInvitation } from '../machine/describe-segment.ts'
import type { SessionRequest } from '../reading/read-requests.ts'

/** Structure of a client's INVITE, and the result of reading it. */
export interface ClientProfile {
  /** Product and version from its User-Agent. */
  client: string
  trunk: string | undefined
  /** Elements of its metadata with their attributes, as describeShape() writes them. */
  shape: readonly string[]
  headers: readonly string[]
  problems: readonly string[]
  needsReview: readonly string[]
  sources: CallInvitation['parties']['sources']
}

export const featureKinds = [
  ...(['transport', 'body', 'element', 'header', 'codec', 'suite', 'label'] as const),
  ...(['mapping', 'caller', 'number', 'official', 'problem', 'review', 'refusal'] as const),
] as const
/** Kind of a counted feature: the first seven are parts of the request, the others results of reading it. */
export type FeatureKind = (typeof featureKinds)[number]

/** Counts of one client since the last `take`. */
export interface ClientCounts {
  trunk: string
  client: string
  sessions: number
  refused: number
  sends: { kind: FeatureKind; name: string; times: number }[]
}

export interface ClientStatistics {
  record(incoming: SessionRequest, invitation: CallInvitation, trunk: string | undefined): void
  refused(incoming: SessionRequest, reason: string, trunk: string | undefined): void
  /** Returns and clears the counts since the last call. */
  take(): ClientCounts[]
  /** Adds back counts that could not be stored, for the next `take`. */
  putBack(counts: readonly ClientCounts[]): void
}

/** Maximum number of clients, and of request structures. Real ones are fewer; a sender may invent more. */
const maxClients = 200
const maxNames = 1000
const maxNameLength = 200
/** Text removed from a User-Agent: characters that are not in a product and version (RFC 3261 20.41), and phone numbers. */
const nonProductText = /[^\w .()/+:-]|\d{7,}/g

/** Returns a client's product and version. */
export function productOf(request: SipRequest): string {
  return (firstHeader(request, 'user-agent') ?? '').replace(nonProductText, '').trim().slice(0, 60)
}

/** `onSeen`: called when a client sends a request of a new structure. */
export function createClientStatistics(onSeen: (seen: ClientProfile) => void = () => undefined): ClientStatistics {
  const known = new Set<string>()
  const counts = new Map<string, ClientCounts & { names: Map<string, number> }>()

  function countsOf(trunk: string, client: string) {
    const key = JSON.stringify([trunk, client])
    const found = counts.get(key)
    if (found || counts.size >= maxClients) return found
    const made = { trunk, client, sessions: 0, refused: 0, sends: [], names: new Map<string, number>() }
    counts.set(key, made)
    return made
  }

  function add(names: Map<string, number>, kind: FeatureKind, name: string, times = 1): void {
    const key = `${kind} ${name.slice(0, maxNameLength)}`
    if (name !== '' && (names.has(key) || names.size < maxNames)) names.set(key, (names.get(key) ?? 0) + times)
  }

  return {
    record(incoming, invitation, trunk) {
      const profile = profileOf(incoming.request, invitation, trunk)
      const client = countsOf(trunk ?? '', profile.client)
      if (client) {
        client.sessions++
        for (const [kind, name] of namesIn(incoming, invitation, profile)) add(client.names, kind, name)
      }
      // Ignores how often an element occurs, which depends on the call, not on the client.
      const key = JSON.stringify({ ...profile, shape: profile.shape.map(withoutCount) })
      if (known.size >= maxClients || known.has(key)) return
      known.add(key)
      onSeen(profile)
    },
    refused({ request }, reason, trunk) {
      const client = countsOf(trunk ?? '', productOf(request))
      if (!client) return
      client.refused++
      add(client.names, 'refusal', reason)
    },
    take() {
      const statistics = [...counts.values()].map(({ names, ...client }) => ({
        ...client,
        sends: [...names].map(([key, times]) => {
          const at = key.indexOf(' ')
          return { kind: key.slice(0, at) as FeatureKind, name: key.slice(at + 1), times }
        }),
      }))
      counts.clear()
      return statistics
    },
    putBack(again) {
      for (const { trunk, client, sessions, refused, sends } of again) {
        const to = countsOf(trunk, client)
        if (!to) continue
        to.sessions += sessions
        to.refused += refused
        for (const { kind, name, times } of sends) add(to.names, kind, name, times)
      }
    },
  }
}

function profileOf(request: SipRequest, invitation: CallInvitation, trunk: string | undefined): ClientProfile {
  const { parties, problems } = invitation
  return {
    client: productOf(request),
    trunk,
    shape: shapeOf(request),
    headers: [...new Set(request.headers.map(({ name }) => name))].filter((name) => /^[a-z-]{1,40}$/.test(name)),
    problems,
    needsReview: parties.needsReview,
    sources: parties.sources,
  }
}

function* namesIn(
  incoming: SessionRequest,
  { found, streams }: CallInvitation,
  seen: ClientProfile,
): Iterable<[FeatureKind, string]> {
  yield ['transport', incoming.source.transport]
  yield ['body', found]
  for (const line of seen.shape) yield ['element', withoutCount(line)]
  for (const name of seen.headers) yield ['header', name]
  const audio = streams.filter(({ accepted }) => accepted)
  for (const codec of new Set(audio.flatMap(({ codecs }) => codecs.map(codecName)))) yield ['codec', codec]
  for (const suite of new Set(audio.map(({ crypto }) => crypto?.suiteName ?? 'none'))) yield ['suite', suite]
  for (const kind of new Set(audio.map(({ label }) => kindOfLabel(label)))) yield ['label', kind]
  yield ['mapping', seen.sources.streams]
  for (const role of ['caller', 'number', 'official'] as const) yield [role, seen.sources[role] ?? 'none']
  for (const problem of seen.problems) yield ['problem', problem]
  for (const reason of seen.needsReview) yield ['review', reason]
}

function codecName({ encoding, clockRate }: { encoding: string; clockRate: number }): string {
  return `${/^[\w.-]{1,30}$/.test(encoding) ? encoding : '?'}/${clockRate}`
}

/** Returns the kind of a stream's label (RFC 4574), without its value. It shows how the client's streams can be distinguished. */
function kindOfLabel(label: string | undefined): string {
  if (label === undefined) return 'none'
  return /^\d+$/.test(label) ? 'number' : 'word'
}

function withoutCount(line: string): string {
  return line.replace(/ x\d+$/, '')
}

function shapeOf(request: SipRequest): string[] {
  const split = splitMultipart(firstHeader(request, 'content-type'), request.body)
  return split.kind === 'split' && split.metadata !== undefined ? describeShape(split.metadata) : []
}
