import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { seedRandom } from '#test/simulator/random.ts'
import { endCauseOf, type EndFacts, type Forbidden, type OpenCase } from './precedence.ts'

const database = await createTestDatabase()
const t = (hours: number) => Temporal.Instant.from('2027-03-01T00:00:00Z').add({ hours })
const plain: EndFacts = {
  now: t(10),
  destroyAt: t(100),
  isHeld: false,
  isRestricted: false,
  inspectionsHold: false,
  casesKeepUntil: t(200),
  prohibitions: [],
  cases: [],
}
const byOfficial: Forbidden = { party: 'OFFICIAL', receivedAt: t(9) }
const callersInspection: OpenCase = { id: 'a', kind: 'inspection', party: 'CALLER', receivedAt: t(5) }

describe('precedence of rules', () => {
  test.each<[string, Partial<EndFacts>, object]>([
    ['without prohibition, order or case a recording is kept', {}, { act: 'keep' }],
    [
      'a restriction keeps a recording',
      { isRestricted: true, cases: [callersInspection] },
      { act: 'wait', for: 'right', cases: ['a'] },
    ],
    [
      'a restriction does not keep a recording past its day',
      { isRestricted: true, now: t(100) },
      { act: 'destroy', cause: 'retention' },
    ],
    [
      'a prohibition has precedence over a restriction',
      { isRestricted: true, prohibitions: [byOfficial] },
      { act: 'destroy', cause: 'official' },
    ],
    ['a recording is destroyed on its day', { now: t(100) }, { act: 'destroy', cause: 'retention' }],
    [
      'an order has precedence over the recording’s day',
      { now: t(100), isHeld: true },
      { act: 'wait', for: 'order', cases: [] },
    ],
    [
      'an order has precedence over a prohibition',
      { isHeld: true, prohibitions: [byOfficial] },
      { act: 'wait', for: 'order', cases: [] },
    ],
    [
      'a prohibition has precedence over the minimum and the term',
      { prohibitions: [byOfficial] },
      { act: 'destroy', cause: 'official' },
    ],
    [
      'a prohibition waits for an earlier inspection of the other party',
      { prohibitions: [byOfficial], cases: [callersInspection] },
      { act: 'wait', for: 'case', cases: ['a'] },
    ],
    [
      'a prohibition does not wait for a later inspection',
      { prohibitions: [byOfficial], cases: [{ ...callersInspection, receivedAt: t(9).add({ minutes: 30 }) }] },
      { act: 'destroy', cause: 'official' },
    ],
    [
      'a prohibition does not wait for the same party’s inspection',
      { prohibitions: [{ ...byOfficial, party: 'CALLER' }], cases: [callersInspection] },
      { act: 'destroy', cause: 'caller' },
    ],
    [
      'a prohibition does not wait past the recording’s day, even if the description lets inspections delay it',
      { now: t(100), inspectionsHold: true, prohibitions: [byOfficial], cases: [callersInspection] },
      { act: 'destroy', cause: 'official' },
    ],
    [
      'a prohibition waits for an authority’s request, whoever forbids',
      {
        prohibitions: [{ ...byOfficial, party: 'CALLER' }],
        cases: [{ ...callersInspection, kind: 'authority', party: undefined }],
      },
      { act: 'wait', for: 'case', cases: ['a'] },
    ],
    [
      'a forbidden recording in progress, which has no day yet, is destroyed like any other',
      { destroyAt: undefined, prohibitions: [byOfficial] },
      { act: 'destroy', cause: 'official' },
    ],
    [
      'an inspection does not keep a recording past its day',
      { now: t(100), cases: [callersInspection] },
      { act: 'destroy', cause: 'retention' },
    ],
    [
      'an inspection keeps a recording past its day if the description lets it',
      { now: t(100), inspectionsHold: true, cases: [callersInspection] },
      { act: 'wait', for: 'case', cases: ['a'] },
    ],
    [
      'an inspection keeps a recording past its day for three months at most',
      { now: t(200), inspectionsHold: true, cases: [callersInspection] },
      { act: 'destroy', cause: 'retention' },
    ],
    [
      'a recording that an order kept past its day is destroyed when the order ends',
      { now: t(150), lastOrderEndedAt: t(149) },
      { act: 'destroy', cause: 'hold-end' },
    ],
    [
      'a recording whose order ended before its day is destroyed on its day',
      { now: t(150), lastOrderEndedAt: t(50) },
      { act: 'destroy', cause: 'retention' },
    ],
  ])('%s', async (_rule, facts, ends) => {
    const given = { ...plain, ...facts }
    const { rows } = await sql<{ ends: object }>`select decide_end(${JSON.stringify(given)}::jsonb) as ends`.execute(
      database.as().db,
    )
    expect(rows).toEqual([{ ends }])
    expect(endCauseOf(given)).toEqual(ends)
  })
})

const isLong = process.env['SELOSTE_LONG'] === '1'
const cases = isLong ? 100_000 : 5_000

test(`the database decides the same in ${cases} cases`, { timeout: 120_000 }, async () => {
  const random = seedRandom(20270301).next
  const facts = Array.from({ length: cases }, () => randomFacts(random))
  const kinds = new Set<string>()
  const batch = 5_000
  for (let at = 0; at < facts.length; at += batch) {
    const factsOfBatch = facts.slice(at, at + batch)
    const { rows } = await sql<{ ends: unknown }>`
      select decide_end(f.value) as ends
      from jsonb_array_elements(${JSON.stringify(factsOfBatch)}::jsonb) with ordinality f (value, n) order by f.n`.execute(
      database.as().db,
    )
    const wrong = factsOfBatch.findIndex((one, n) => {
      kinds.add(JSON.stringify({ ...endCauseOf(one), cases: undefined }))
      return JSON.stringify(sorted(rows[n]?.ends)) !== JSON.stringify(sorted(endCauseOf(one)))
    })
    expect(wrong === -1 ? undefined : { facts: factsOfBatch[wrong], database: rows[wrong]?.ends }).toBeUndefined()
  }
  // Checks that every possible answer occurred.
  expect(kinds.size).toBe(8)
})

function sorted(value: unknown): unknown {
  return Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1))
}

function randomFacts(random: () => number): EndFacts {
  const instant = () => t(Math.floor(random() * 24))
  const maybe = <Value>(chance: number, make: () => Value) => (random() < chance ? make() : undefined)
  const party = () => (random() < 0.5 ? ('CALLER' as const) : ('OFFICIAL' as const))
  const destroyAt = maybe(0.9, instant)
  const prohibitions = [maybe(0.3, () => 'CALLER' as const), maybe(0.3, () => 'OFFICIAL' as const)].flatMap((one) =>
    one ? [{ party: one, receivedAt: instant() }] : [],
  )
  return {
    now: instant(),
    destroyAt,
    isHeld: random() < 0.1,
    isRestricted: random() < 0.3,
    lastOrderEndedAt: maybe(0.3, instant),
    inspectionsHold: random() < 0.5,
    casesKeepUntil: destroyAt?.add({ hours: Math.floor(random() * 12) }),
    prohibitions,
    cases: Array.from({ length: Math.floor(random() * 4) }, (_, n) => {
      const kind = random() < 0.7 ? ('inspection' as const) : ('authority' as const)
      return { id: `case-${n}`, kind, receivedAt: instant(), ...(kind === 'inspection' && { party: party() }) }
    }),
  }
}
