import type { AttributePath } from './attribute-path.ts'
import { coreGroup, coreUser } from './attribute-path.ts'
import type { Comparison, Filter } from './filter.ts'

/** Returns true if a resource matches a filter (RFC 7644 section 3.4.2.2). */
export function matches(resource: object, filter: Filter): boolean {
  switch (filter.op) {
    case 'and':
      return matches(resource, filter.one) && matches(resource, filter.other)
    case 'or':
      return matches(resource, filter.one) || matches(resource, filter.other)
    case 'not':
      return !matches(resource, filter.filter)
    case 'present':
      return valuesAt(resource, filter.path).some((value) => value !== null && value !== '')
    case 'some':
      return valuesAt(resource, filter.path).some(
        (value) => typeof value === 'object' && value !== null && matches(value, filter.filter),
      )
    case 'compare':
      return compareValues(valuesAt(resource, filter.path), filter)
  }
}

function compareValues(found: unknown[], { comparison, path, value }: Filter & { op: 'compare' }): boolean {
  const values = found.map((one) => comparableValue(one)).filter((one) => one !== undefined)
  if (value === null) return (comparison === 'eq') === (values.length === 0)
  const wanted = typeof values[0] === 'boolean' ? asBoolean(value) : value
  const exact = isExact(path)
  if (comparison === 'ne') return !values.some((one) => holds('eq', one, wanted, exact))
  return values.some((one) => holds(comparison, one, wanted, exact))
}

function holds(comparison: Comparison, found: unknown, wanted: unknown, exact: boolean): boolean {
  if (typeof found !== 'string' || typeof wanted !== 'string') return comparison === 'eq' && found === wanted
  const [one, other] = exact ? [found, wanted] : [fold(found), fold(wanted)]
  switch (comparison) {
    case 'eq':
      return one === other
    case 'ne':
      return one !== other
    case 'co':
      return one.includes(other)
    case 'sw':
      return one.startsWith(other)
    case 'ew':
      return one.endsWith(other)
    default: {
      const order = compareTexts(one, other)
      return comparison === 'gt'
        ? order > 0
        : comparison === 'ge'
          ? order >= 0
          : comparison === 'lt'
            ? order < 0
            : order <= 0
    }
  }
}

/** Compares two strings: instants by time, others by character. Negative if `one` is first. */
function compareTexts(one: string, other: string): number {
  const [first, second] = [instant(one), instant(other)]
  if (first && second) return Temporal.Instant.compare(first, second)
  return one < other ? -1 : one > other ? 1 : 0
}

function instant(text: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(text)
  } catch {
    return undefined
  }
}

/** Returns the values of an attribute: none, one, or all values of a multi-valued attribute. */
export function valuesAt(resource: object, path: AttributePath): unknown[] {
  const inCore = path.schema === undefined || path.schema === coreUser || path.schema === coreGroup
  const holder = inCore ? resource : member(resource, path.schema ?? '')
  const found = path.attribute === '' ? holder : member(holder, path.attribute)
  const all = (Array.isArray(found) ? found : [found]) as unknown[]
  const { sub } = path
  return (sub === undefined ? all : all.map((one) => member(one, sub))).filter((one) => one !== undefined)
}

function member(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined
  const key = Object.keys(holder).find((known) => known.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : (holder as Record<string, unknown>)[key]
}

/** Returns the comparable part of a value: of a complex value its `value`. */
function comparableValue(found: unknown): unknown {
  return typeof found === 'object' && found !== null ? member(found, 'value') : found
}

/** Converts the strings `True` and `False` of Entra ID to booleans. */
function asBoolean(value: unknown): unknown {
  return typeof value === 'string' ? ({ true: true, false: false }[value.toLowerCase()] ?? value) : value
}

/** Returns true for case-sensitive attributes: only ids (RFC 7643 section 3.1). */
function isExact({ attribute }: AttributePath): boolean {
  return attribute === 'id' || attribute === 'externalid'
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
