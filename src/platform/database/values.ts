// Converts values between PostgreSQL's text format and TypeScript: Temporal types and exact integers, never Date. A value that
// PostgreSQL has and TypeScript does not (infinity, a year BC or of five digits, an int8 above 2^53) becomes the nearest limit
// below: one row must not stop every query that meets it.
import { Client, types, type ClientConfig, type CustomTypesConfig } from 'pg'

const oid = { int8: 20, date: 1082, timestamptz: 1184 }
const arrayOid = { text: 1009, int8: 1016, date: 1182, timestamptz: 1185 }

const parsers = new Map<number, (text: string) => unknown>([
  [oid.int8, exactInteger],
  [oid.timestamptz, instant],
  [oid.date, day],
  [arrayOid.int8, arrayOf(exactInteger)],
  [arrayOid.timestamptz, arrayOf(instant)],
  [arrayOid.date, arrayOf(day)],
])

/** pg's type configuration: `timestamptz` -> Temporal.Instant, `date` -> Temporal.PlainDate, `int8` -> exact number. */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary'): unknown =>
    (format !== 'binary' && parsers.get(id)) || types.getTypeParser(id, format)) as CustomTypesConfig['getTypeParser'],
}

/** A pg client that accepts Temporal values as parameters (pg itself would write them as quoted JSON). */
export class TemporalClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config)
    const query = this.query.bind(this) as (...args: unknown[]) => unknown
    this.query = ((text: unknown, values?: unknown, ...rest: unknown[]) => {
      if (Array.isArray(values)) return query(text, values.map(parameter), ...rest)
      if (isConfigWithValues(text)) text = { ...text, values: text.values.map(parameter) }
      return query(text, values, ...rest)
    }) as typeof this.query
  }
}

function parameter(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return value.toString()
  if (value instanceof Temporal.PlainDate) return value.toString()
  return Array.isArray(value) ? value.map(parameter) : value
}

/** Plain query objects only: a Query or Cursor instance has state that a copy would lose. */
function isConfigWithValues(query: unknown): query is { values: unknown[] } {
  return (
    typeof query === 'object' &&
    query !== null &&
    !('submit' in query) &&
    Array.isArray((query as { values?: unknown }).values)
  )
}

/** Within what check_value_range() accepts, also some months later. */
const limits = { past: '1970-01-01', future: '2900-01-01' }

function limitFor(text: string): string {
  return text.startsWith('-') || text.endsWith('BC') ? limits.past : limits.future
}

/** An ISO date of a year of four digits, without BC. */
const isReadable = (text: string): boolean => /^\d{4}-.*[^C]$/.test(text)

function instant(text: string): Temporal.Instant {
  return Temporal.Instant.from(isReadable(text) ? text : `${limitFor(text)}T00:00:00Z`)
}

function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(isReadable(text) ? text : limitFor(text))
}

function exactInteger(text: string): number {
  return Math.min(Math.max(Number(text), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

function arrayOf(parse: (text: string) => unknown): (text: string) => unknown {
  const parserOf = types.getTypeParser as (id: number) => (text: string) => (string | null)[]
  const textArray = parserOf(arrayOid.text)
  return (text) => textArray(text).map((element) => (element === null ? null : parse(element)))
}
