/**
 * Readers for each telephone system. A reader converts a line or a document of detail records to legs of calls, to nothing, or
 * to a problem if it cannot be read. It does no I/O, and does not guess a call's parties.
 */
import { parse } from 'csv-parse/sync'
import type { ReadRecord } from './detail-record.ts'
import { cucm } from './maps/cucm.ts'
import { genesys } from './maps/genesys.ts'
import { metaswitch } from './maps/metaswitch.ts'
import { queueLog } from './maps/queue-log.ts'
import { teams } from './maps/teams.ts'
import { teliaAce } from './maps/telia-ace.ts'
import { readAcc } from './read-acc.ts'
import { asteriskColumns, readAsteriskCdr } from './read-asterisk.ts'
import { celColumns, readCel } from './read-cel.ts'
import { flatten, readFreeswitch } from './read-freeswitch.ts'
import { readFields, type Fields } from './read-fields.ts'
import { readMapped, readMappedDocument, withPosition } from './read-mapped.ts'
import type { RecordMap } from './record-map.ts'
import type { SourceOptions } from './source-options.ts'

export interface Reader {
  /**
   * Framing of records in a file. `csv`: a record is a line; a quoted field may contain line breaks. `lines`: each line is a
   * record. `document`: the whole file is one JSON value, or each line is one.
   */
  readonly framing: 'csv' | 'lines' | 'document'
  /** True if the first line has the names of the columns. */
  readonly hasHeading: boolean
  /**
   * Reads the records in a text.
   * @param heading the file's first line, if `hasHeading`
   */
  read(text: string, heading: string | undefined): ReadRecord[]
}

export function readerOf(options: SourceOptions): Reader {
  const { source } = options
  switch (source) {
    case 'asterisk-csv': {
      const columns = options.columns ?? asteriskColumns
      return csvReader(
        false,
        () => columns,
        (fields) => readAsteriskCdr(fields, options),
      )
    }
    case 'asterisk-cel': {
      const columns = options.columns ?? celColumns
      const lines = csvReader(
        false,
        () => columns,
        (fields) => readCel(fields, options),
      )
      const values = jsonReader((value) => readCel(flatten(value), options))
      // The manager's events, and cel_custom with `format = json`, have one JSON value per line.
      return { ...lines, read: (text, heading) => (text.startsWith('{') ? values : lines).read(text, heading) }
    }
    case 'queue-log':
      return mappedReader(queueLog, options)
    case 'cucm':
      return mappedReader(cucm, options)
    case 'genesys':
      return mappedReader(genesys, options)
    case 'teams':
      return mappedReader(teams, options)
    case 'telia-ace':
      return mappedReader(teliaAce, options)
    case 'metaswitch':
      return mappedReader(metaswitch, options)
    case 'csv': {
      const { columns } = options
      const mapped = { ...options, mapping: options.fields }
      return columns
        ? csvReader(
            false,
            () => columns,
            (fields) => readFields(fields, mapped),
          )
        : csvReader(true, cellsOf, (fields) => readFields(fields, mapped))
    }
    case 'asterisk-ami':
      return jsonReader((value) => readAsteriskCdr(flatten(value), options))
    case 'freeswitch':
      return jsonReader((value) => readFreeswitch(value, options))
    case 'acc':
      return { framing: 'lines', hasHeading: false, read: (text) => [readAcc(text, options)] }
    case 'json':
      return jsonReader((value) => readFields(flatten(value), { ...options, mapping: options.fields }))
  }
}

function mappedReader(map: RecordMap, options: SourceOptions): Reader {
  const { cells } = map
  if (map.framing === 'document') return jsonReader((value) => readMappedDocument(value, map, options))
  if (!cells) return csvReader(true, cellsOf, (fields) => readMapped(fields, map, options))
  return {
    framing: 'lines',
    hasHeading: false,
    read(text) {
      if (text.trim() === '') return [{ is: 'nothing' }]
      const cellTexts = text.split(cells.separator)
      return readMapped(Object.fromEntries(cells.names.map((name, at) => [name, cellTexts[at] ?? ''])), map, options)
    },
  }
}

function csvReader(
  hasHeading: boolean,
  columnsOf: (heading: string) => readonly string[] | undefined,
  read: (fields: Fields) => ReadRecord | ReadRecord[],
): Reader {
  let known: { heading: string; columns: readonly string[] | undefined; separator: string | undefined } | undefined
  return {
    framing: 'csv',
    hasHeading,
    read(text, heading = '') {
      if (text.trim() === '') return [{ is: 'nothing' }]
      if (known?.heading !== heading)
        known = { heading, columns: columnsOf(heading), separator: heading === '' ? undefined : separatorOf(heading) }
      const { columns, separator } = known
      if (!columns) return [{ is: 'problem', reason: 'header-missing' }]
      const cells = cellsOf(text, separator)
      if (!cells) return [{ is: 'problem', reason: 'not-csv' }]
      // Older releases omit trailing columns, so fewer columns are accepted, but not more than named.
      if (cells.length > columns.length || cells.length < columns.length / 2)
        return [{ is: 'problem', reason: 'columns' }]
      return [read(Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])))].flat()
    },
  }
}

/** Splits a line into cells. The default separator is detected in the line. */
function cellsOf(line: string, separator = separatorOf(line)): string[] | undefined {
  // Fast path for lines without quotation marks and line breaks: the parser takes thirty times as long.
  if (line !== '' && !/["\r\n]/.test(line)) return line.split(separator).map((cell) => cell.trim())
  try {
    const [cells] = parse(line, { delimiter: separator, relax_column_count: true })
    return cells?.map((cell) => cell.trim())
  } catch {
    return undefined
  }
}

function separatorOf(line: string): string {
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, '')
  const counted = [',', ';', '\t'].map((mark) => ({ mark, times: bare.split(mark).length }))
  return counted.sort((a, b) => b.times - a.times)[0]?.mark ?? ','
}

function jsonReader(read: (value: unknown) => ReadRecord | ReadRecord[]): Reader {
  return {
    framing: 'document',
    hasHeading: false,
    read(text) {
      if (text.trim() === '') return [{ is: 'nothing' }]
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch (error) {
        // Only the position: the rest of the parser's message may quote the record.
        const detail = /line \d+ column \d+/.exec((error as Error).message)?.[0]
        return [{ is: 'problem', reason: 'not-json', detail }]
      }
      if (!Array.isArray(value)) return readOne(value)
      return value.flatMap((one, at) => readOne(one).map((result) => withPosition(result, `[${at}]`)))
    },
  }

  function readOne(value: unknown): ReadRecord[] {
    if (typeof value !== 'object' || value === null) return [{ is: 'problem', reason: 'not-a-record' }]
    return [read(value)].flat()
  }
}
