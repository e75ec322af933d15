/** The operator's settings for recording clients, by source (SELOSTE_TRUNKS, docs/operate/recording-clients.md). */
import { readFileSync } from 'node:fs'
import { isIP, type BlockList } from 'node:net'
import { parse } from 'yaml'
import { ConfigFault } from '#platform/config/faults.ts'
import { blockListOf } from '#platform/connections/address-list.ts'
import type { IdentitySource, Track, TrackOverride } from '../../siprec/identified-parties.ts'
import type { Source } from '../../sip/handler.ts'

/** One trunk of the file; every value except `name` and `from` is optional. */
export interface Trunk {
  readonly name: string
  /** Source addresses and networks (CIDR) of its requests. */
  readonly from: readonly string[]
  /** Text in the client's User-Agent, to distinguish several clients at one address. */
  readonly client?: string
  readonly tracks?: TrackOverride
  /** IANA time zone of times without an offset. */
  readonly zone?: string
  readonly identity?: IdentitySource
  /** True for symmetric RTP: media may come from another address of `from` than the session description has (RFC 7362). */
  readonly latching?: boolean
  /** Payload types in our answers. `all`: all offered ones, for clients that need that; `playable`: only those that can be played. */
  readonly formats?: 'all' | 'playable'
}

/** Returns the first settings that match a request's source address and User-Agent. */
export type FindTrunk = (address: string, userAgent: string | undefined) => Trunk | undefined

/**
 * Returns the name of a request's trunk: its entry of SELOSTE_TRUNKS, else the name in the client certificate, else its entry of
 * SELOSTE_SIP_SOURCES, else its exact address. Sessions of one call are joined only within one trunk. Over TLS it is another
 * trunk than over UDP and TCP, where a source address can be forged (docs/decisions/0079).
 */
export type NameTrunk = (source: Source, userAgent?: string) => string

/** Returns true if both sources belong to one trunk. Ignores User-Agent, which requests within a dialog do not have. */
export type SharesTrunk = (one: TrunkSource, other: TrunkSource) => boolean
export type TrunkSource = Pick<Source, 'address' | 'client'>

/** Returns, for a trunk's name, a predicate for addresses of its networks; undefined if the trunk does not latch. */
export type LatchesOf = (trunk: string | undefined) => ((address: string) => boolean) | undefined

const identities: readonly string[] = ['vendor', 'participants', 'headers'] satisfies IdentitySource[]
const trackNames: readonly unknown[] = ['caller', 'official', 'mixed'] satisfies Track[]
const fields = ['name', 'from', 'client', 'tracks', 'zone', 'identity', 'latching', 'formats']
const formatWords: readonly unknown[] = ['all', 'playable']

/**
 * Reads the trunks' settings.
 * @param path SELOSTE_TRUNKS; without it there are no settings, and data from clients are used as they are
 * @throws ConfigFault `config-file-wrong` with the entry, the value found and the allowed ones
 */
export function readTrunks(path: string | undefined): readonly Trunk[] {
  if (path === undefined) return []
  const wrong = (problem: string) => new ConfigFault('config-file-wrong', `The trunks of ${path}: ${problem}.`)
  let file: unknown
  try {
    file = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw wrong(`they cannot be read as YAML (${(cause as Error).message.split('\n')[0]})`)
  }
  const entries = isObject(file) ? file['trunks'] : undefined
  if (!Array.isArray(entries)) throw wrong('a list named "trunks" is expected')
  return entries.map((entry: unknown, at) => {
    const problem = isObject(entry) ? problemOf(entry) : 'each entry needs a name and addresses'
    if (problem !== undefined) throw wrong(`entry ${at + 1}: ${problem}`)
    const { from, ...trunk } = entry as Trunk
    return { ...trunk, from: [from].flat() }
  })
}

export function trunkFinder(trunks: readonly Trunk[]): FindTrunk {
  const lists = trunks.map((trunk) => ({ trunk, addresses: blockListOf(trunk.from) }))
  return (address, userAgent = '') =>
    lists.find(
      ({ trunk, addresses }) =>
        includesAddress(addresses, address) && userAgent.toLowerCase().includes((trunk.client ?? '').toLowerCase()),
    )?.trunk
}

/**
 * Returns the function that names trunks.
 * @param sources SELOSTE_SIP_SOURCES; the entry with the longest prefix names the trunk
 */
export function trunkNaming(
  trunks: readonly Trunk[],
  sources: readonly string[] = [],
): { findTrunk: FindTrunk; nameTrunk: NameTrunk; sharesTrunk: SharesTrunk; latchesOf: LatchesOf } {
  const find = trunkFinder(trunks)
  const lists = trunks.map(({ from }) => blockListOf(from))
  const entries = sources
    .map((entry) => ({ entry, list: blockListOf([entry]), bits: Number(entry.split('/')[1] ?? 128) }))
    .sort((a, b) => b.bits - a.bits)
  const named = Map.groupBy(
    trunks.filter(({ latching }) => latching === true),
    ({ name }) => nameOf(name),
  )
  const latching = new Map([...named].map(([name, ones]) => [name, blockListOf(ones.flatMap(({ from }) => from))]))
  const sourceEntry = (address: string) => entries.find(({ list }) => includesAddress(list, address))?.entry
  return {
    findTrunk: find,
    nameTrunk(source, userAgent) {
      const trunk = find(source.address, userAgent)
      if (!trunk && source.client !== undefined) return `tls:${source.client}`
      const entry = sourceEntry(source.address)
      const name = trunk ? nameOf(trunk.name) : entry === undefined ? `address:${source.address}` : `source:${entry}`
      return source.transport === 'tls' ? name + overTls : name
    },
    latchesOf(trunk = '') {
      const list = latching.get(trunk.endsWith(overTls) ? trunk.slice(0, -overTls.length) : trunk)
      return list && ((address) => includesAddress(list, address))
    },
    sharesTrunk(one, other) {
      if (lists.some((list) => includesAddress(list, one.address) && includesAddress(list, other.address))) return true
      if (one.client !== undefined && other.client !== undefined) return one.client === other.client
      if (one.address === other.address) return true
      const entry = sourceEntry(one.address)
      return entry !== undefined && entry === sourceEntry(other.address)
    },
  }
}

const nameOf = (configured: string) => `trunk:${configured}`
const overTls = ' over TLS'

/** Returns true for a trunk named by the operator or by a certificate, false for an address or a network. */
export function isNamedTrunk(name: string): boolean {
  return name.startsWith('trunk:') || name.startsWith('tls:')
}

function includesAddress(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function problemOf(entry: Record<string, unknown>): string | undefined {
  const { name, from, client, tracks, latching, formats } = entry
  const [zone, identity] = [entry['zone'], entry['identity']].map((value) =>
    value === undefined || typeof value === 'string' ? value : JSON.stringify(value),
  )
  const unknown = Object.keys(entry).find((key) => !fields.includes(key))
  if (unknown !== undefined) return `"${unknown}" is unknown; allowed are ${fields.join(', ')}`
  if (typeof name !== 'string' || name === '') return 'it has no name'
  const networks: unknown[] = [from].flat()
  const odd = networks.find((network) => !isNetwork(network))
  if (odd !== undefined || networks.length === 0)
    return `from has "${String(odd)}"; allowed are addresses and networks such as 192.0.2.0/24`
  if (client !== undefined && typeof client !== 'string') return 'client must be a word of the User-Agent'
  if (tracks !== undefined && !isValidTracks(tracks))
    return 'tracks must be asSignalled, crossed, or a map from label to caller, official or mixed'
  if (formats !== undefined && !formatWords.includes(formats)) return 'formats must be all or playable'
  if (zone !== undefined && !isZone(zone)) return `zone is "${zone}"; allowed is a name such as Europe/Helsinki`
  if (identity !== undefined && !identities.includes(identity))
    return `identity is "${identity}"; allowed are ${identities.join(', ')}`
  if (latching !== undefined && typeof latching !== 'boolean') return 'latching must be true or false'
  return undefined
}

function isNetwork(network: unknown): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(String(network)) ?? []
  const longest = { 4: 32, 6: 128 }[isIP(address)] ?? -1
  return longest > 0 && Number(bits ?? 0) <= longest
}

function isValidTracks(tracks: unknown): boolean {
  if (tracks === 'asSignalled' || tracks === 'crossed') return true
  return isObject(tracks) && Object.values(tracks).every((track) => trackNames.includes(track))
}

function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
