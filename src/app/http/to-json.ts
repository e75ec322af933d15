/** The one mapper from rows to JSON. Formats Temporal values as text, and omits null members where the contract allows that. */
import type { TSchema } from 'typebox'

type Moment = Temporal.Instant | Temporal.PlainDate | Temporal.PlainYearMonth
const moments = [Temporal.Instant, Temporal.PlainDate, Temporal.PlainYearMonth]

/** Accepted input for a value of the contract: a Temporal value for its text, null or undefined for an optional member. */
export type JsonForm<T> = T extends string
  ? string extends T
    ? string | Moment
    : T
  : T extends readonly (infer Item)[]
    ? readonly JsonForm<Item>[]
    : T extends object
      ? { [Key in keyof T]: JsonForm<T[Key]> | (Partial<Pick<T, Key>> extends Pick<T, Key> ? null | undefined : never) }
      : T

interface Schema {
  type?: string
  format?: string
  items?: Schema
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
  enum?: unknown[]
  anyOf?: Schema[]
  allOf?: Schema[]
}

/** Maps a value to the JSON of its schema, with the members that the schema has. Null stays where it may be. */
export function toJson(schema: TSchema, value: unknown): unknown {
  return map([schema], value)
}

/** @param schemas all that may describe the value */
function map(schemas: readonly Schema[], value: unknown): unknown {
  if (moments.some((kind) => value instanceof kind)) return String(value)
  if (typeof value === 'string') return schemas.some(({ format }) => format === 'date-time') ? inUtc(value) : value
  const parts = schemas.flatMap(withBranches)
  if (Array.isArray(value)) {
    const items = parts.flatMap((part) => part.items ?? [])
    return value.map((item) => map(items, item))
  }
  if (typeof value !== 'object' || value === null) return value
  const isListed = parts.some(({ properties }) => properties)
  const json: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const own = parts.flatMap((part) => part.properties?.[name] ?? Object.values(part.patternProperties ?? {}))
    if (own.length === 0 && isListed) continue
    if (member === undefined || (member === null && own.length > 0 && !own.some(mayBeNull))) continue
    json[name] = map(own, member)
  }
  return json
}

/** As the API has all its instants; the database writes them into JSON with an offset. */
function inUtc(instant: string): string {
  return instant.endsWith('Z') ? instant : Temporal.Instant.from(instant).toString()
}

/** A schema with those that it is a union or an intersection of. */
function withBranches(schema: Schema): Schema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap(withBranches)]
}

function mayBeNull(schema: Schema): boolean {
  return withBranches(schema).some(
    (part) => part.type === 'null' || !(part.type ?? part.enum ?? part.anyOf ?? part.allOf),
  )
}
