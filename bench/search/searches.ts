/**
 * The searches: each filter of the search page alone and some combined, as an API query and as hand-written SQL. Does not depend
 * on the desk's implementation.
 */
import { callerOf, commonNumber, fewNumber, officialName, rareNumber, unitId } from './large-register.ts'

export interface Search {
  name: string
  /** The query of `GET /api/contacts`. */
  query: Record<string, string>
  /** Conditions on `contact c`. */
  byHand: string[]
}

/** Returns a search for the same calls, oldest first. */
const oldestFirst = ({ name, query, byHand }: Search): Search => ({
  name: `${name}, oldest first`,
  query: { ...query, order: 'oldest' },
  byHand,
})

/** Access by kind of person: conditions in SQL on `contact c`, and on its parts, `segment s`. */
export const accessScopes = {
  'a supervisor': {
    purpose: 'DEVELOPMENT',
    sees: `exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.official_unit_id = ${unitId(7)})`,
    seesPart: `s.official_unit_id = ${unitId(7)}`,
  },
  'an expert with three numbers': {
    purpose: 'QUALITY',
    sees: `c.number_called in ('${commonNumber}', '${fewNumber}', '${rareNumber}')`,
    seesPart: `s.number_reached in ('${commonNumber}', '${fewNumber}', '${rareNumber}')`,
  },
  'the security unit': { purpose: 'CRIME_OR_MISUSE', reference: 'BENCH-1', sees: 'true', seesPart: 'true' },
} as const satisfies Record<string, { purpose: string; reference?: string; sees: string; seesPart: string }>

/** An official or recording that the person may not see counts as missing. */
const official = (condition: string, seesPart: string) =>
  `exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and ${condition} and ${seesPart})`
const recording = (condition: string, seesPart: string) =>
  seesPart === 'true'
    ? `exists (select from recording r where r.contact_id = c.id and ${condition})`
    : `exists (select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
        where r.contact_id = c.id and ${condition} and ${seesPart})`
const isGone = `(r.state in ('DESTROYED', 'DESTROYING') or r.destroy_at <= now())`
const isAvailable = `not ${isGone} and r.state = 'STORED' and r.kept_at is not null`

/** Calls in progress between two instants. No call is longer than a day. */
const between = (from: Temporal.Instant, to?: Temporal.Instant) => [
  `c.started_at >= '${from.subtract({ hours: 24 }).toString()}' and coalesce(c.ended_at, now()) >= '${from.toString()}'`,
  ...(to ? [`c.started_at < '${to.toString()}'`] : []),
]

export function searches(now: Temporal.Instant, seesPart: string): Search[] {
  const monday = now.toZonedDateTimeISO('Europe/Helsinki').startOfDay().subtract({ days: 40 })
  const day = { from: monday.toInstant(), to: monday.add({ days: 3 }).toInstant() }
  const old = { from: monday.subtract({ months: 9 }).toInstant(), to: monday.subtract({ months: 8 }).toInstant() }
  const times = ({ from, to }: { from: Temporal.Instant; to: Temporal.Instant }) => ({
    from: from.toString(),
    to: to.toString(),
  })
  // The seventh official is of the seventh unit.
  const name = officialName(7)
  const all: Search = { name: 'no filter', query: {}, byHand: [] }
  const available: Search = {
    ...{ name: 'with a recording', query: { recorded: 'available' } },
    byHand: [recording(isAvailable, seesPart)],
  }
  return [
    all,
    oldestFirst(all),
    { name: 'three days', query: times(day), byHand: between(day.from, day.to) },
    { name: 'a month, nine months ago', query: times(old), byHand: between(old.from, old.to) },
    { name: 'a caller', query: { caller: callerOf(777) }, byHand: [`c.caller_key = '${callerOf(777)}'`] },
    { name: 'withheld numbers', query: { caller: 'salattu' }, byHand: [`c.caller_kind = 'withheld'`] },
    {
      name: 'the most called number',
      query: { number: commonNumber },
      byHand: [`c.number_called = '${commonNumber}'`],
    },
    { name: 'a rarely called number', query: { number: fewNumber }, byHand: [`c.number_called = '${fewNumber}'`] },
    { name: 'the rarest number', query: { number: rareNumber }, byHand: [`c.number_called = '${rareNumber}'`] },
    { name: 'a number without calls', query: { number: '029 497 050' }, byHand: [`c.number_called = '+35829497050'`] },
    {
      name: 'part of officials’ names',
      query: { official: name.split(' ')[0]! },
      byHand: [official(`s.official_name ilike '%${name.split(' ')[0]!}%'`, seesPart)],
    },
    {
      name: 'an official’s name',
      query: { official: name },
      byHand: [official(`s.official_name ilike '%${name}%'`, seesPart)],
    },
    {
      name: 'an official’s number',
      query: { official: '029 512 0007' },
      byHand: [official(`s.official_phone = '+358295120007'`, seesPart)],
    },
    {
      name: 'a name without a person',
      query: { official: 'Zetterlund' },
      byHand: [official(`s.official_name ilike '%Zetterlund%'`, seesPart)],
    },
    available,
    oldestFirst(available),
    { name: 'without a recording', query: { recorded: 'none' }, byHand: [`not ${recording('true', seesPart)}`] },
    { name: 'with a destroyed recording', query: { recorded: 'destroyed' }, byHand: [recording(isGone, seesPart)] },
    {
      name: 'an official’s name, with a destroyed recording',
      query: { official: name, recorded: 'destroyed' },
      byHand: [official(`s.official_name ilike '%${name}%'`, seesPart), recording(isGone, seesPart)],
    },
    {
      name: 'the rarest number, with a recording',
      query: { number: rareNumber, recorded: 'available' },
      byHand: [`c.number_called = '${rareNumber}'`, recording(isAvailable, seesPart)],
    },
    {
      name: 'an official’s name in a month',
      query: { official: name, ...times(old) },
      byHand: [official(`s.official_name ilike '%${name}%'`, seesPart), ...between(old.from, old.to)],
    },
  ]
}
