/** Reads records as described by a map (record-map.ts): flat records, or documents of nested records. Returns legs. */
import type { DetailRecord, ReadRecord } from './detail-record.ts'
import { fill, readFields, type Fields } from './read-fields.ts'
import { flatten } from './read-freeswitch.ts'
import type { Condition, LegMap, RecordMap } from './record-map.ts'
import type { SourceOptions } from './source-options.ts'

/** Reads one flat record. */
export function readMapped(fields: Fields, map: RecordMap, options: SourceOptions): ReadRecord[] {
  if (map.skips?.some((condition) => holds(condition, fields))) return [{ is: 'nothing' }]
  if (!allHold(map.known, fields)) return [{ is: 'problem', reason: 'not-a-record' }]
  const legs = map.legs.filter(({ when }) => allHold(when, fields))
  if (legs.length === 0) return [{ is: 'nothing' }]
  const read = legs.map((leg) => readLeg(fields, leg, map, options))
  // Reports only one problem per record.
  const wrong = read.find(({ is }) => is === 'problem')
  return read.filter((one) => one.is !== 'problem' || one === wrong)
}

/** Reads a JSON value: one call with its parts, or a page of calls. */
export function readMappedDocument(value: unknown, map: RecordMap, options: SourceOptions): ReadRecord[] {
  const page = map.page === undefined ? undefined : memberOf(value, map.page)
  if (!Array.isArray(page)) return readCall(value)
  return page.flatMap((one, at) => readCall(one).map((read) => withPosition(read, `${map.page}[${at}]`)))

  function readCall(one: unknown): ReadRecord[] {
    const rows = rowsOf(one, map.each ?? [])
    const [first = {}] = rows
    if (!allHold(map.known, first)) return [{ is: 'problem', reason: 'not-a-record' }]
    if (!map.opening) return rows.flatMap((row) => readMapped(row, map, options))
    const opening = map.opening.find((leg) => rows.some((row) => allHold(leg.when, row)))
    const openingRow = opening && rows.find((row) => allHold(opening.when, row))
    if (!openingRow) return [{ is: 'nothing' }]
    const call = readLeg(openingRow, opening, map, options)
    if (call.is !== 'record') return [call]
    if (call.record.called === undefined) return [{ is: 'problem', reason: 'number-missing' }]
    const parts = map.legs.flatMap((leg) => {
      const { within } = leg
      const allowed = within && new Set(rows.filter((row) => allHold(within.among, row)).map((row) => row[within.to]))
      return rows
        .filter((row) => allHold(leg.when, row) && (!within || !row[within.field] || allowed?.has(row[within.field])))
        .map((row) => withCallDefaults(readLeg(row, leg, map, options), call.record))
    })
    return [call, ...parts]
  }
}

/** Adds the position in the document to a problem. */
export function withPosition(read: ReadRecord, position: string): ReadRecord {
  return read.is === 'problem' ? { ...read, detail: [position, read.detail].filter(Boolean).join(': ') } : read
}

function readLeg(fields: Fields, leg: LegMap, map: RecordMap, options: SourceOptions): ReadRecord {
  const read = readFields(fields, {
    ...options,
    rewrite: [...(map.rewrite ?? []), ...(options.rewrite ?? [])],
    sharedIds: (leg.sharedIds ?? []).map((template) => fill(template, fields)).filter((id) => id !== ''),
    mapping: { ...leg.fields, ...options.fields },
    isPart: leg.isPart ?? false,
    namesCallers: true,
    direction: leg.direction,
  })
  if (read.is !== 'record') return read
  const more = {
    ...(leg.isConference && { isConference: true as const }),
    ...(leg.repeats && { repeats: true as const }),
  }
  return { is: 'record', record: { ...read.record, ...more } }
}

/** Adds values of the call to a part of it, where the part has none. */
function withCallDefaults(part: ReadRecord, call: DetailRecord): ReadRecord {
  if (part.is !== 'record') return part
  const { callId, startedAt, caller, called, direction } = call
  const own = Object.fromEntries(Object.entries(part.record).filter(([, value]) => value !== undefined))
  return {
    is: 'record',
    record: { startedAt, caller, called, direction, ...(own as unknown as DetailRecord), callId },
  }
}

function rowsOf(value: unknown, each: RecordMap['each'] & object, as = ''): Fields[] {
  const [level, ...deeper] = each
  if (!level || typeof value !== 'object' || value === null) return [flatten(value, as)]
  const [list, name] = level
  const { [list]: members, ...rest } = value as Record<string, unknown>
  const own = flatten(rest, as)
  const inner = Array.isArray(members) ? members.flatMap((member) => rowsOf(member, deeper, name)) : []
  return inner.length === 0 ? [own] : inner.map((row) => ({ ...own, ...row }))
}

function allHold(conditions: readonly Condition[] | undefined, fields: Fields): boolean {
  return conditions?.every((condition) => holds(condition, fields)) ?? true
}

function holds({ field, is, isNot, matches }: Condition, fields: Fields): boolean {
  const text = fields[field]?.trim() ?? ''
  return (is?.includes(text) ?? true) && !isNot?.includes(text) && (matches?.test(text) ?? true)
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
