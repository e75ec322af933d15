/** The only mapper from rows to JSON. Formats Temporal values as strings, and omits null members that are optional by contract. */
import type { TSchema } from 'typebox'

type TemporalValue = Temporal.Instant | Temporal.PlainDate | Temporal.PlainYearMonth
const temporalClasses = [Temporal.Instant, Temporal.PlainDate, Temporal.PlainYearMonth]

/** Type of input for a value of the contract: strings may be Temporal values, and optional members may be null or undefined. */
export type JsonForm<T> = T extends string
  ? string extends T
    ? string | TemporalValue
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

/** Converts a value to JSON with the members of its schema. Null is kept if the schema allows it. */
export function toJson(schema: TSchema, value: unknown): unknown {
  return map([schema], value)
}

/** @param schemas alternative schemas of the value */
function map(schemas: readonly Schema[], value: unknown): unknown {
  if (temporalClasses.some((kind) => value instanceof kind)) return String(value)
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

/** Returns an instant in UTC, as everywhere in the API. JSON made by the database has an offset. */
function inUtc(instant: string): string {
  return instant.endsWith('Z') ? instant : Temporal.Instant.from(instant).toString()
}

/** Returns a schema and the schemas of its unions and intersections. */
function withBranches(schema: Schema): Schema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap(withBranches)]
}

function mayBeNull(schema: Schema): boolean {
  return withBranches(schema).some(
    (part) => part.type === 'null' || !(part.type ?? part.enum ?? part.anyOf ?? part.allOf),
  )
}
