import { omitNullish } from '#platform/omit-nullish.ts'
import type { DetailProblem, DetailRecord, Direction, ReadRecord } from './detail-record.ts'
import { readTime } from './read-time.ts'

/** A record's fields, by the telephone system's names. */
export type Fields = Readonly<Record<string, string>>

/** Fields that can be mapped. Durations are in seconds. */
export const fieldNames = [
  'callId',
  'legId',
  'startedAt',
  'answeredAt',
  'endedAt',
  'duration',
  'talked',
  'caller',
  'called',
  'reached',
  'official',
  'sipCallId',
  'direction',
] as const
export type FieldName = (typeof fieldNames)[number]

/** Names of source fields for each field; the first with a value is used. A name with braces is a template (`fill`). */
export type Mapping = Partial<Record<FieldName, readonly string[]>>

export interface FieldOptions {
  readonly mapping: Mapping
  /** IANA time zone of times without an offset. */
  readonly zone: string
  /** An instant near the record's start, if its id contains one. */
  readonly hint?: Temporal.Instant | undefined
  /** A field that marks the call as incoming. */
  readonly incoming?: { readonly field: string; readonly values: readonly string[] } | undefined
  /** Prefixes of numbers, and their replacements. */
  readonly rewrite?: readonly { readonly from: RegExp; readonly to: string }[] | undefined
  /**
   * Phone numbers by other names in the system, such as a queue or a user id. Applied to callers only with `namesCallers`,
   * because callers can choose their names.
   */
  readonly names?: ReadonlyMap<string, string> | undefined
  readonly namesCallers?: boolean
  readonly sharedIds?: readonly string[]
  /** Direction if no field has one. */
  readonly direction?: Direction | undefined
  /** True if a record may be only a part of a leg, such as its start or its end. */
  readonly isPart?: boolean
}

/** Minimum length of a shared id: shorter values are not unique to a call. */
const minSharedIdLength = 8
const maxIdLength = 256
/** An end may precede the start by this much: the system may have rounded its times. */
const toleranceMs = 1500
/** Maximum duration in seconds, a month. */
const maxSeconds = 2_678_400

/** Converts a record's fields to a leg. Returns a problem if that is not possible. */
export function readFields(fields: Fields, options: FieldOptions): ReadRecord {
  const { mapping, zone, hint, isPart = false } = options
  const value = (name: FieldName): string =>
    mapping[name]
      ?.map((field) => (field.includes('{') ? fill(field, fields) : (fields[field]?.trim() ?? '')))
      .find((text) => text !== '') ?? ''
  const number = (name: FieldName): string | undefined => {
    const given = value(name)
    const rewritten = (options.rewrite ?? []).reduce((written, { from, to }) => written.replace(from, to), given)
    const names = name === 'caller' && !options.namesCallers ? undefined : options.names
    const text = names?.get(given) ?? names?.get(rewritten) ?? rewritten
    return text === '' ? undefined : text
  }

  const callId = value('callId').slice(0, maxIdLength)
  if (callId === '') return problem('id-missing', 'callId')
  const started = readTime(value('startedAt'), zone, { hint })
  if (started.is === 'problem') return problem(started.reason, 'startedAt')
  const startedAt = started.is === 'at' ? started.at : undefined
  const answered = readTime(value('answeredAt'), zone, { notBefore: startedAt })
  if (answered.is === 'problem') return problem(answered.reason, 'answeredAt')
  const ended = readTime(value('endedAt'), zone, { notBefore: answered.is === 'at' ? answered.at : startedAt })
  if (ended.is === 'problem') return problem(ended.reason, 'endedAt')
  const lasts = (['talked', 'duration'] as const).find((name) => (seconds(value(name)) ?? 0) > maxSeconds)
  if (lasts) return problem('time-unreadable', lasts)
  const answeredAt = answered.is === 'at' ? answered.at : undefined
  const endedAt = ended.is === 'at' ? ended.at : endFromDuration()
  if (!isPart && (!startedAt || !endedAt)) return problem('time-missing', startedAt ? 'endedAt' : 'startedAt')
  const first = startedAt ?? answeredAt
  if (first && endedAt && endedAt.epochMilliseconds < first.epochMilliseconds - toleranceMs)
    return problem('ends-before-start', 'endedAt')
  const called = number('called')
  if (!isPart && called === undefined) return problem('number-missing', 'called')

  const direction = directionOf()
  const record: DetailRecord = {
    callId,
    legId: value('legId') || callId,
    sharedIds: sharedIdsOf(value('sipCallId'), options.sharedIds ?? []),
    ...omitNullish({ startedAt, answeredAt, endedAt, direction }),
    ...withValue('caller', number('caller')),
    ...withValue('called', called),
    ...withValue('reached', number('reached')),
    ...withValue('official', number('official')),
    ...([started, answered].some((time) => time.is === 'at' && time.isDoubtful) && { isDoubtful: true as const }),
  }
  return { is: 'record', record }

  function problem(reason: DetailProblem, name: FieldName): ReadRecord {
    return { is: 'problem', reason, detail: `${name} (${(mapping[name] ?? []).join(', ')})` }
  }

  function endFromDuration(): Temporal.Instant | undefined {
    const talked = seconds(value('talked'))
    if (answeredAt && talked !== undefined) return answeredAt.add({ milliseconds: Math.round(talked * 1000) })
    const duration = seconds(value('duration'))
    return startedAt && duration !== undefined
      ? startedAt.add({ milliseconds: Math.round(duration * 1000) })
      : undefined
  }

  function directionOf(): Direction | undefined {
    const { incoming } = options
    if (incoming) return incoming.values.includes(fields[incoming.field]?.trim() ?? '') ? 'incoming' : 'outgoing'
    const given = value('direction').toLowerCase()
    if (given.startsWith('in') && given !== 'internal') return 'incoming'
    if (given.startsWith('out')) return 'outgoing'
    return given === 'internal' || given === 'local' ? 'internal' : options.direction
  }
}

/**
 * Fills a template with the fields' values: `{id} {leg?}`. Returns an empty string if a field without a question mark is empty.
 */
export function fill(template: string, fields: Fields): string {
  const names = [...template.matchAll(/\{([^{}?]+)(\??)\}/g)]
  if (names.some(([, name = '', optional]) => optional === '' && (fields[name]?.trim() ?? '') === '')) return ''
  return template.replaceAll(/\{([^{}?]+)\??\}/g, (_, name: string) => fields[name]?.trim() ?? '')
}

/** Returns a SIP Call-ID with each prefix under which SIPREC clients may send it. */
export function sharedIdsOf(sipCallId: string, others: readonly string[]): string[] {
  const id = sipCallId.trim().slice(0, maxIdLength)
  const sip = id.length < minSharedIdLength ? [] : [`sipSessionId:${id}`, `originalCallId:${id}`]
  return [...new Set([...sip, ...others])]
}

function seconds(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}

function withValue<Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>)
}
