/**
 * Reads a map: how an earlier recorder wrote its files, and what its fields mean (docs/formats/import-map.md). YAML, of which JSON
 * is a part.
 */
import { hash } from 'node:crypto'
import { parse } from 'yaml'
import { audioEndings } from '#platform/audio/read-audio.ts'
import { ConfigFault } from '#platform/config/faults.ts'
import {
  incomingOf,
  isObject,
  listOf,
  mappingOf,
  namesOf,
  rewriteOf,
  text,
  zoneOf,
  type Entry,
} from '../feeds/read-entry.ts'
import type { FieldOptions, Mapping } from '../feeds/read-fields.ts'

export const metadataFormats = ['csv', 'json', 'xml', 'vcon', 'name'] as const
export type MetadataFormat = (typeof metadataFormats)[number]

export interface ImportMap {
  /** Name of the recorder, shown beside its recordings. */
  readonly source: string
  /** SHA-256 of the map's text, in hexadecimal. */
  readonly sha256: string
  readonly metadata: {
    readonly format: MetadataFormat
    /** Glob of the files with metadata, by their path in the folder. */
    readonly files: string
    /** For JSON and XML: names that lead to the entries, from the root. Empty: the root is the entry. */
    readonly each: readonly string[]
    readonly separator: string
    /** For a CSV without a heading. */
    readonly columns?: readonly string[] | undefined
    /** For `name`: an expression whose groups become the fields `name.GROUP`. */
    readonly pattern?: RegExp | undefined
  }
  readonly audio: {
    /** Template of the path of the audio file, from the folder that `from` names. Undefined: it has the name of its metadata. */
    readonly file?: string | undefined
    readonly from: 'metadata' | 'folder'
    readonly rewrite: NonNullable<FieldOptions['rewrite']>
    readonly endings: readonly string[]
    /** Parties of the left and the right lane of stereo. */
    readonly lanes: readonly ['caller' | 'official', 'caller' | 'official']
    /** When the sound begins. */
    readonly begins: 'answeredAt' | 'startedAt'
  }
  readonly fields: Mapping
  readonly zone: string
  /** Form of times, such as `DD.MM.YYYY HH:mm:ss`; undefined: ISO 8601, or a number since 1970. */
  readonly times?: string | undefined
  /** Form of durations; `clock`: hours, minutes and seconds with colons. */
  readonly durations: 'seconds' | 'milliseconds' | 'clock'
  /** Conditions that an entry has to meet to be a call of this register. */
  readonly only: readonly {
    readonly field: string
    readonly is?: readonly string[]
    readonly isNot?: readonly string[]
  }[]
  readonly rewrite?: FieldOptions['rewrite']
  readonly names?: FieldOptions['names']
  readonly incoming?: FieldOptions['incoming']
}

const known = [
  'source',
  'metadata',
  'audio',
  'fields',
  'zone',
  'times',
  'durations',
  'only',
  'rewrite',
  'names',
  'incoming',
]
const knownOfMetadata = ['format', 'files', 'each', 'separator', 'columns', 'pattern']
const knownOfAudio = ['file', 'from', 'rewrite', 'endings', 'lanes', 'begins']
const defaultFiles: Record<MetadataFormat, string> = {
  csv: '**/*.csv',
  json: '**/*.json',
  xml: '**/*.xml',
  vcon: '**/*.vcon',
  name: `**/*.{${audioEndings.join(',')}}`,
}
const maxSourceLength = 60
const tokens = /YYYY|YY|MM|DD|HH|hh|mm|ss|A/g

/** @throws ConfigFault `config-file-wrong` with the member and the allowed values */
export function readImportMap(written: string, path: string): ImportMap {
  try {
    const entry: unknown = parse(written)
    if (!isObject(entry)) throw new Error('a map has members such as source, metadata and fields')
    return mapOf(entry, hash('sha256', written))
  } catch (cause) {
    const [problem] = (cause as Error).message.split('\n')
    throw new ConfigFault('config-file-wrong', `The map ${path}: ${problem ?? ''}.`)
  }
}

function mapOf(entry: Entry, sha256: string): ImportMap {
  refuseUnknown(entry, known, '')
  const source = text(entry, 'source')
  if (source.length > maxSourceLength || !/^[\p{L}\p{N} ._()+-]+$/u.test(source))
    throw new Error(`source is the recorder's name: at most ${maxSourceLength} letters, digits, spaces and . _ ( ) + -`)
  const times = entry['times'] === undefined ? undefined : text(entry, 'times')
  if (times !== undefined && !['YY', 'MM', 'DD', 'mm'].every((token) => times.includes(token)))
    throw new Error('times needs YYYY or YY, MM, DD, HH or hh with A, mm and ss')
  return {
    source,
    sha256,
    metadata: metadataOf(objectOf(entry, 'metadata')),
    audio: audioOf(entry['audio'] === undefined ? {} : objectOf(entry, 'audio')),
    fields: mappingOf(entry['fields']),
    zone: zoneOf(entry),
    times,
    durations: choice(entry, 'durations', ['seconds', 'milliseconds', 'clock']),
    only: [entry['only'] ?? []].flat().map(conditionOf),
    rewrite: rewriteOf(entry['rewrite']),
    names: namesOf(entry['names']),
    incoming: incomingOf(entry['incoming']),
  }
}

function metadataOf(entry: Entry): ImportMap['metadata'] {
  refuseUnknown(entry, knownOfMetadata, 'metadata.')
  const format = choice(entry, 'format', [...metadataFormats])
  const pattern = entry['pattern'] === undefined ? undefined : new RegExp(text(entry, 'pattern'), 'u')
  if (format === 'name' && !pattern) throw new Error('metadata.pattern is needed to read names')
  return {
    format,
    files: entry['files'] === undefined ? defaultFiles[format] : text(entry, 'files'),
    each: entry['each'] === undefined ? [] : text(entry, 'each').split('/'),
    separator: entry['separator'] === undefined ? ',' : text(entry, 'separator'),
    columns: listOf(entry, 'columns'),
    pattern,
  }
}

function audioOf(entry: Entry): ImportMap['audio'] {
  refuseUnknown(entry, knownOfAudio, 'audio.')
  const lanes = listOf(entry, 'lanes') ?? ['caller', 'official']
  if (lanes.toSorted().join() !== 'caller,official')
    throw new Error('audio.lanes is [caller, official] or [official, caller]')
  return {
    file: entry['file'] === undefined ? undefined : text(entry, 'file'),
    from: choice(entry, 'from', ['metadata', 'folder']),
    rewrite: rewriteOf(entry['rewrite']) ?? [],
    endings: listOf(entry, 'endings') ?? audioEndings,
    lanes: lanes[0] === 'caller' ? ['caller', 'official'] : ['official', 'caller'],
    begins: choice(entry, 'begins', ['answeredAt', 'startedAt']),
  }
}

function conditionOf(entry: unknown): ImportMap['only'][number] {
  if (!isObject(entry)) throw new Error('only is a list of field with is or isNot')
  const [is, isNot] = [listOf(entry, 'is'), listOf(entry, 'isNot')]
  if (!is && !isNot) throw new Error('only has an entry without is or isNot')
  return { field: text(entry, 'field'), ...(is && { is }), ...(isNot && { isNot }) }
}

function objectOf(entry: Entry, key: string): Entry {
  const value = entry[key]
  if (!isObject(value)) throw new Error(`it has no ${key} with members`)
  return value
}

/** The first of `allowed` is the default. */
function choice<Choice extends string>(entry: Entry, key: string, allowed: readonly Choice[]): Choice {
  if (entry[key] === undefined) return allowed[0]!
  const found = allowed.find((one) => one === entry[key])
  if (found === undefined) throw new Error(`${key} is ${JSON.stringify(entry[key])}; allowed are ${allowed.join(', ')}`)
  return found
}

function refuseUnknown(entry: Entry, allowed: readonly string[], where: string): void {
  const unknown = Object.keys(entry).find((key) => !allowed.includes(key))
  if (unknown !== undefined) throw new Error(`"${where}${unknown}" is unknown; allowed are ${allowed.join(', ')}`)
}

/** Converts a time in a map's own form to ISO 8601 without an offset; returns other text as it is. */
export function isoTime(written: string, form: string): string {
  const names: string[] = []
  const source = form.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`).replaceAll(tokens, (token) => {
    names.push(token)
    if (token === 'A') return '([AaPp])\\.?[Mm]\\.?'
    return token === 'YYYY' ? String.raw`(\d{4})` : String.raw`(\d{1,2})`
  })
  const match = new RegExp(`^${source}(\\.\\d{1,9})?$`).exec(written.trim())
  if (!match) return written
  const of = (token: string) => (names.includes(token) ? match[names.indexOf(token) + 1]?.padStart(2, '0') : undefined)
  const half = of('A')?.toLowerCase().at(-1)
  const hour = of('HH') ?? String((Number(of('hh')) % 12) + (half === 'p' ? 12 : 0)).padStart(2, '0')
  const year = names.includes('YYYY') ? of('YYYY') : `20${of('YY') ?? ''}`
  return `${year ?? ''}-${of('MM') ?? ''}-${of('DD') ?? ''}T${hour}:${of('mm') ?? '00'}:${of('ss') ?? '00'}${match.at(-1) ?? ''}`
}

/** Converts a duration to seconds, as text; returns other text as it is. */
export function secondsText(written: string, unit: ImportMap['durations']): string {
  const trimmed = written.trim()
  if (unit === 'milliseconds' && /^\d+(\.\d+)?$/.test(trimmed)) return String(Number(trimmed) / 1000)
  if (unit === 'clock' && /^(\d+:)?\d{1,2}:\d{2}(\.\d+)?$/.test(trimmed))
    return String(trimmed.split(':').reduce((sum, part) => sum * 60 + Number(part), 0))
  return trimmed
}
