/** Reads members that files of feeds and maps of imports have in common. Throws an Error that describes the problem. */
import { fieldNames, type FieldName, type FieldOptions, type Mapping } from './read-fields.ts'

export type Entry = Record<string, unknown>

export function mappingOf(given: unknown): Mapping {
  if (given === undefined) return {}
  if (!isObject(given)) throw new Error('fields must map Seloste’s field names to the system’s')
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!(fieldNames as readonly string[]).includes(name))
        throw new Error(`fields has "${name}"; allowed are ${fieldNames.join(', ')}`)
      const names = [value].flat()
      if (!names.every((one) => typeof one === 'string' && one !== ''))
        throw new Error(`fields.${name} is not a field name`)
      return [name as FieldName, names as string[]]
    }),
  )
}

export function rewriteOf(given: unknown): FieldOptions['rewrite'] {
  if (given === undefined) return undefined
  const rules = [given].flat()
  return rules.map((rule: unknown) => {
    if (!isObject(rule)) throw new Error('rewrite must be a list of from and to')
    return { from: new RegExp(text(rule, 'from')), to: typeof rule['to'] === 'string' ? rule['to'] : '' }
  })
}

export function namesOf(given: unknown): FieldOptions['names'] {
  if (given === undefined) return undefined
  if (!isObject(given)) throw new Error('names must map the system’s names to numbers')
  return new Map(
    Object.entries(given).map(([name, number]) => {
      if (typeof number !== 'string' || number === '')
        throw new Error(`names has no number for "${name}"; write the number in quotes`)
      return [name, number]
    }),
  )
}

export function incomingOf(given: unknown): FieldOptions['incoming'] {
  if (given === undefined) return undefined
  if (!isObject(given)) throw new Error('incoming must have a field and values')
  const values = listOf(given, 'values')
  if (!values) throw new Error('incoming has no values')
  return { field: text(given, 'field'), values }
}

export function zoneOf(entry: Entry): string {
  const zone = entry['zone'] === undefined ? 'Europe/Helsinki' : text(entry, 'zone')
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return zone
  } catch {
    throw new Error(`zone is "${zone}"; allowed is a name such as Europe/Helsinki`)
  }
}

export function listOf(entry: Entry, key: string): string[] | undefined {
  if (entry[key] === undefined) return undefined
  const list = [entry[key]].flat()
  if (list.length === 0 || !list.every((one) => typeof one === 'string'))
    throw new Error(`${key} must be a list of strings`)
  return list
}

export function text(entry: Entry, key: string): string {
  const value = entry[key]
  if (typeof value !== 'string' || value === '') throw new Error(`it has no ${key}`)
  return value
}

export function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
