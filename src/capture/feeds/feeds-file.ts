/**
 * Reads the configuration of the feeds: which telephone systems report calls, and how (SELOSTE_FEEDS, docs/operate/feeds.md).
 */
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { parse } from 'yaml'
import { parseEndpoint, type Endpoint } from '#platform/config/addresses.ts'
import { ConfigFault } from '#platform/config/faults.ts'
import { incomingOf, isObject, listOf, mappingOf, namesOf, rewriteOf, text, zoneOf, type Entry } from './read-entry.ts'
import { sourceNames, type SourceName, type SourceOptions } from './source-options.ts'

export interface Feed extends SourceOptions {
  readonly name: string
  readonly from:
    | { readonly kind: 'folder'; readonly folder: string; readonly files: string }
    | { readonly kind: 'http'; readonly listen: Endpoint; readonly token: string }
    | {
        readonly kind: 'ami'
        readonly host: string
        readonly port: number
        readonly user: string
        readonly secret: string
      }
  /** The service numbers that this feed covers, as written; undefined: all of them. */
  readonly covers?: readonly string[] | undefined
  /** A call is complete when no record of it has arrived for this long. */
  readonly settleMs: number
}

const known = [
  'name',
  'source',
  'folder',
  'files',
  'listen',
  'token',
  'host',
  'port',
  'user',
  'secret',
  'zone',
  'columns',
  'fields',
  'rewrite',
  'names',
  'incoming',
  'covers',
  'settleSeconds',
]
const defaultFiles: Record<SourceName, string> = {
  'asterisk-csv': 'Master.csv*',
  'asterisk-ami': '*',
  'asterisk-cel': 'Master.csv*',
  freeswitch: '*.json',
  acc: '*',
  'queue-log': 'queue_log*',
  cucm: 'c[dm]r_*',
  genesys: '*.json*',
  teams: '*.json*',
  'telia-ace': '*.csv',
  metaswitch: '*.csv',
  csv: '*.csv',
  json: '*.json*',
}
const overHttp: readonly SourceName[] = ['freeswitch', 'acc', 'genesys', 'teams', 'json']
const amiPort = 5038
const minTokenLength = 16
const settleDefaultSeconds = 60
const maxSettleSeconds = 3600

/**
 * @throws ConfigFault `config-file-wrong` with the entry, the value found and the allowed ones; never with a token or a secret
 */
export function readFeeds(path: string): readonly Feed[] {
  const wrong = (problem: string) => new ConfigFault('config-file-wrong', `The feeds of ${path}: ${problem}.`)
  let file: unknown
  try {
    file = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw wrong(`they cannot be read as YAML (${(cause as Error).message.split('\n')[0]})`)
  }
  const entries = isObject(file) ? file['feeds'] : undefined
  if (!Array.isArray(entries) || entries.length === 0) throw wrong('a list named "feeds" is expected')
  const names = new Set<string>()
  return entries.map((entry: unknown, at) => {
    try {
      if (!isObject(entry)) throw new Error('each entry needs a name, a source and an origin')
      const feed = feedOf(entry)
      if (names.has(feed.name)) throw new Error(`the name "${feed.name}" is used twice`)
      names.add(feed.name)
      return feed
    } catch (cause) {
      throw wrong(`entry ${at + 1}: ${(cause as Error).message}`)
    }
  })
}

function feedOf(entry: Entry): Feed {
  const unknown = Object.keys(entry).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new Error(`"${unknown}" is unknown; allowed are ${known.join(', ')}`)
  const name = text(entry, 'name')
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new Error(`name is "${name}"; allowed are small letters, digits and -`)
  const source = sourceNames.find((one) => one === entry['source'])
  if (!source) throw new Error(`source is "${String(entry['source'])}"; allowed are ${sourceNames.join(', ')}`)
  const fields = mappingOf(entry['fields'])
  if ((source === 'csv' || source === 'json') && !(fields.callId && fields.startedAt && fields.called))
    throw new Error(`a feed of ${source} must map at least callId, startedAt and called in "fields"`)
  return {
    name,
    source,
    fields,
    from: originOf(entry, source),
    zone: zoneOf(entry),
    columns: listOf(entry, 'columns'),
    covers: listOf(entry, 'covers'),
    rewrite: rewriteOf(entry['rewrite']),
    names: namesOf(entry['names']),
    incoming: incomingOf(entry['incoming']),
    settleMs: settleOf(entry) * 1000,
  }
}

function originOf(entry: Entry, source: SourceName): Feed['from'] {
  if (source === 'asterisk-ami' || (source === 'asterisk-cel' && entry['host'] !== undefined)) {
    const port = entry['port'] ?? amiPort
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error('port is not a port number')
    return { kind: 'ami', host: text(entry, 'host'), port, user: text(entry, 'user'), secret: text(entry, 'secret') }
  }
  if (entry['listen'] !== undefined) {
    if (!overHttp.includes(source))
      throw new Error(`listen is for ${overHttp.join(', ')}; ${source} comes from a folder`)
    const token = text(entry, 'token')
    if (token.length < minTokenLength) throw new Error(`token has fewer than ${minTokenLength} characters`)
    return { kind: 'http', listen: parseEndpoint('listen', text(entry, 'listen')), token }
  }
  const folder = text(entry, 'folder')
  if (!isAbsolute(folder)) throw new Error(`folder is "${folder}"; it must be an absolute path`)
  const files = entry['files'] === undefined ? defaultFiles[source] : text(entry, 'files')
  return { kind: 'folder', folder, files }
}

function settleOf(entry: Entry): number {
  const seconds = entry['settleSeconds'] ?? settleDefaultSeconds
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= maxSettleSeconds))
    throw new Error(`settleSeconds must be from 0 to ${maxSettleSeconds}`)
  return seconds
}
