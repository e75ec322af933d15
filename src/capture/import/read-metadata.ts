/** Reads the entries of a file with metadata: the fields of each recording, by the recorder's names. No file is opened here. */
import { parse as parseCsv } from 'csv-parse/sync'
import { SaxesParser } from 'saxes'
import { readVcon } from '#platform/vcon/read-vcon.ts'
import type { VconDialog } from '#platform/vcon/vcon-schema.ts'
import type { Fields } from '../feeds/read-fields.ts'
import { flatten } from '../feeds/read-freeswitch.ts'
import { decodeRecord } from '../feeds/split-records.ts'
import type { ImportMap } from './import-map.ts'

export type MetadataProblem =
  'metadata-unreadable' | 'metadata-too-deep' | 'metadata-has-doctype' | 'vcon-unverified' | 'name-does-not-match'

export type Entries = { entries: Fields[] } | { problem: MetadataProblem; detail?: string | undefined }

const maxDepth = 32
const maxEntries = 1_000_000

/** @param path in the folder, from which `name` reads */
export function readEntries(map: ImportMap, path: string, bytes: Buffer): Entries {
  switch (map.metadata.format) {
    case 'csv':
      return readCsv(map, bytes)
    case 'json':
      return readJson(map, bytes)
    case 'xml':
      return readXml(map, bytes)
    case 'vcon':
      return readConversation(bytes)
    default:
      return readName(map, path)
  }
}

function readCsv({ metadata: { separator, columns } }: ImportMap, bytes: Buffer): Entries {
  try {
    const entries = parseCsv<Record<string, string>>(decodeRecord(bytes), {
      delimiter: separator,
      columns: columns ? [...columns] : (heading: string[]) => heading.map((name) => name.trim()),
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      to: maxEntries,
    })
    return { entries: entries.map((entry) => withoutPrototype(entry)) }
  } catch (error) {
    return { problem: 'metadata-unreadable', detail: (error as { code?: string }).code }
  }
}

/** Copies to an object without prototype, because a field may be named `__proto__`. */
function withoutPrototype(entry: Record<string, string>): Fields {
  return Object.assign(Object.create(null) as Record<string, string>, entry)
}

function readJson({ metadata: { each } }: ImportMap, bytes: Buffer): Entries {
  let value: unknown
  try {
    value = JSON.parse(decodeRecord(bytes).replace(/^\uFEFF/, ''))
  } catch {
    return { problem: 'metadata-unreadable' }
  }
  const found = each.reduce<unknown[]>((values, name) => values.flatMap((one) => memberOf(one, name)), [value].flat())
  return { entries: found.map((one) => flatten(one)) }
}

function memberOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return [(value as Record<string, unknown>)[name]].flat()
}

/** Reads elements by local names. An attribute is `@name`; the second of several elements of one name is `name.1`. */
function readXml({ metadata: { each } }: ImportMap, bytes: Buffer): Entries {
  const written = decodeRecord(bytes)
  if (/<!(?:doctype|entity)/i.test(written)) return { problem: 'metadata-has-doctype' }
  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.ENTITIES = Object.assign(Object.create(null) as Record<string, string>, {
    ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
  })
  const entries: Fields[] = []
  const open: { name: string; text: string; counts: Map<string, number> }[] = []
  let entry: { fields: Record<string, string>; depth: number } | undefined
  let problem: MetadataProblem | undefined
  parser.on('error', () => (problem ??= 'metadata-unreadable'))
  parser.on('opentag', ({ name: whole, attributes }) => {
    const name = localName(whole)
    if (open.length >= maxDepth) problem ??= 'metadata-too-deep'
    const counts = open.at(-1)?.counts
    const before = counts?.get(name) ?? 0
    counts?.set(name, before + 1)
    open.push({ name: before === 0 ? name : `${name}.${before}`, text: '', counts: new Map() })
    const isEntry =
      open.length === Math.max(1, each.length) && each.every((wanted, at) => open[at]?.name.split('.')[0] === wanted)
    if (!entry && isEntry) entry = { fields: Object.create(null) as Record<string, string>, depth: open.length }
    if (!entry) return
    const path = pathOf(entry.depth)
    for (const [key, value] of Object.entries(attributes))
      entry.fields[`${path === '' ? '' : `${path}.`}@${localName(key)}`] = value
  })
  const addText = (more: string) => {
    const element = open.at(-1)
    if (element) element.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    if (entry) {
      const value = open.at(-1)?.text.trim() ?? ''
      const path = pathOf(entry.depth)
      if (value !== '') entry.fields[path === '' ? '.' : path] = value
      if (open.length === entry.depth) {
        entries.push(entry.fields)
        entry = undefined
      }
    }
    open.pop()
  })
  const pathOf = (depth: number) =>
    open
      .slice(depth)
      .map(({ name }) => name)
      .join('.')
  try {
    parser.write(written.replace(/^\uFEFF/, '').trim()).close()
  } catch {
    problem ??= 'metadata-unreadable'
  }
  return problem ? { problem } : { entries }
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1)
}

/** Returns an entry for each recording in a vCon: the members of its dialog, and those of `parties` that may be of its dialog. */
function readConversation(bytes: Buffer): Entries {
  const read = readVcon(bytes)
  if ('problems' in read) {
    const [first] = read.problems
    return { problem: 'vcon-unverified', detail: first && `${first.where} ${first.what}` }
  }
  const { uuid, parties = [], dialog = [] } = read.vcon
  const recordings = dialog.filter(({ type }) => type === 'recording')
  const speakers = new Set(recordings.flatMap(partiesOf))
  return {
    entries: recordings.map((recording) => {
      const own = new Set(partiesOf(recording))
      // An official of another part of the call has not answered this one. The number called speaks in no recording.
      const isOfDialog = (type: string | undefined, at: number) =>
        own.size === 0 || own.has(at) || (type !== 'person' && !speakers.has(at))
      const members = parties.map((party, at) =>
        isOfDialog(party.type, at) ? { ...party, tel: party.tel?.replace(/^tel:/i, '') ?? '' } : {},
      )
      return { ...flatten({ uuid, parties: members }), ...flatten(recording, 'dialog') }
    }),
  }
}

function partiesOf({ parties }: VconDialog): number[] {
  return [parties].flat(2).filter((at) => typeof at === 'number')
}

function readName({ metadata: { pattern } }: ImportMap, path: string): Entries {
  const groups = pattern?.exec(path)?.groups
  if (!groups) return { problem: 'name-does-not-match' }
  return {
    entries: [Object.fromEntries(Object.entries(groups).map(([name, value]) => [`name.${name}`, value ?? '']))],
  }
}
