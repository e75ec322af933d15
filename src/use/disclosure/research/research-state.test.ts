import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readResearchFacts } from './research-facts.ts'
import { researchStateOf, type ResearchFacts, type ResearchItemFacts, type ResearchLack } from './research-state.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin } = database.as()

let seed = 20261126
/** Picks a value by pseudo-random numbers, which are the same in each run. */
function oneOf<Value>(values: readonly Value[]): Value {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return values[Math.floor((seed / 2_147_483_648) * values.length)]!
}
const coinFlip = () => oneOf([true, false])
const instants = [
  ...['2026-11-26T10:00:00Z', '2026-11-30T21:59:59Z', '2026-11-30T22:00:00Z', '2026-12-24T08:00:00Z'],
  ...['2027-04-30T20:59:59Z', '2027-04-30T21:00:00Z'],
]

function randomFacts(): unknown {
  return {
    now: oneOf(instants),
    isOn: oneOf([true, true, false]),
    isPseudonymisedOn: coinFlip(),
    isInstituteBlocked: oneOf([true, false, false]),
    dueEnds: oneOf(instants),
    deadline: oneOf(instants),
    hasUndertaking: coinFlip(),
    outcome: oneOf([null, null, 'GRANTED', 'REFUSED']),
    isReleased: oneOf([true, false, false, false]),
    isStudyEnded: false,
    isClosed: false,
    isWithdrawn: oneOf([true, false, false, false]),
    hands: [],
    items: Array.from({ length: oneOf([0, 1, 2, 5]) }, (_, index) => ({
      item: index + 1,
      ...(coinFlip() && { destroyAt: oneOf(instants) }),
      recording: oneOf(['available', 'available', 'restricted', 'destroyed', 'unknown']),
      copyState: oneOf(['NONE', 'DRAFT', 'RENDERING', 'RENDERED', 'APPROVED', 'APPROVED', 'REJECTED', 'FAILED']),
      ...(coinFlip() && { level: oneOf(['T', 'N', 'D']) }),
      ...(coinFlip() && { official: oneOf(['a', 'b', 'c']) }),
      ...(oneOf([true, false, false]) && { isOfficialOut: true }),
      outcome: 'none',
    })),
  }
}

/** A model of `missing_prerequisites`: lists each missing thing in order, and for which items. */
function missingInModel({ items, dueEnds, ...facts }: ResearchFacts) {
  if (facts.isReleased || facts.isWithdrawn || facts.outcome === 'REFUSED') return []
  const isBefore = (one: Temporal.Instant, other: Temporal.Instant) => Temporal.Instant.compare(one, other) < 0
  const isRendered = ({ copyState }: ResearchItemFacts) => copyState === 'RENDERED' || copyState === 'APPROVED'
  const left = items.filter(({ recording }) => recording !== 'destroyed')
  const rendered = left.filter(isRendered)
  const belowT = rendered.filter(({ level }) => level !== undefined && level !== 'T')
  const tooEarly = left.filter(({ destroyAt }) => destroyAt && isBefore(destroyAt, dueEnds))
  const missing: [ResearchLack, boolean | ResearchItemFacts[]][] = [
    ['research-off', !facts.isOn],
    ['items', items.length === 0],
    ['item-destroyed', items.filter(({ recording }) => recording === 'destroyed')],
    ['item-restricted', items.filter(({ recording }) => recording === 'restricted')],
    ['anonymised-copy', left.filter((item) => !isRendered(item))],
    ['level-not-allowed', rendered.filter(({ level }) => level === 'D' && !facts.isPseudonymisedOn)],
    [
      'official-twice',
      belowT.filter(
        ({ item, official, isOfficialOut }) =>
          isOfficialOut ||
          belowT.some((other) => other.item !== item && (official === undefined || other.official === official)),
      ),
    ],
    ['check', rendered.filter(({ copyState }) => copyState === 'RENDERED')],
    ['undertaking', !facts.hasUndertaking],
    ['due-date-late', tooEarly],
    ['due-date-past', !isBefore(facts.now, dueEnds)],
    ['institute-blocked', facts.isInstituteBlocked],
    ['decision', facts.outcome === null],
    ['release', true],
  ]
  const until = tooEarly.map(({ destroyAt }) => destroyAt!.toString()).toSorted()[0]
  return missing.flatMap(([what, lacking]) => {
    if (lacking === true) return [{ what }]
    if (lacking === false || lacking.length === 0) return []
    return [{ what, items: lacking.map(({ item }) => item), ...(what === 'due-date-late' && { until }) }]
  })
}

test('what is missing always matches the model', async () => {
  const all = Array.from({ length: 1_000 }, randomFacts)
  const { rows } = await sql<{ lacks: { what: string; items?: number[]; until?: string }[] }>`
    select coalesce((select jsonb_agg(jsonb_strip_nulls(to_jsonb(l))) from missing_prerequisites(f) l), '[]') as lacks
    from jsonb_array_elements(${JSON.stringify(all)}::jsonb) with ordinality e (f, n) order by n`.execute(admin)
  const decided = rows.map(({ lacks }) =>
    lacks.map(({ until, ...lack }) => ({ ...lack, ...(until && { until: Temporal.Instant.from(until).toString() }) })),
  )
  expect(decided).toEqual(all.map((facts) => missingInModel(readResearchFacts(facts))))
  expect(new Set(decided.flat().map(({ what }) => what)).size).toBe(14)
})

test('the state of a disclosure follows from what was done for it', () => {
  const facts = (overrides: Partial<ResearchFacts>): ResearchFacts => ({
    ...readResearchFacts(randomFacts()),
    ...{ isWithdrawn: false, isClosed: false, isReleased: false, isStudyEnded: false, hasUndertaking: false },
    ...{ outcome: null, items: [] },
    ...overrides,
  })
  const item = (copyState: 'NONE' | 'RENDERED' | 'APPROVED') =>
    ({ item: 1, recording: 'available', copyState, outcome: 'none' }) as const
  expect(researchStateOf(facts({}))).toBe('DRAFT')
  expect(researchStateOf(facts({ hasUndertaking: true, items: [item('NONE')] }))).toBe('ITEMS_SELECTED')
  expect(researchStateOf(facts({ items: [item('RENDERED'), item('APPROVED')] }))).toBe('ANONYMISED')
  expect(researchStateOf(facts({ items: [item('APPROVED')] }))).toBe('CHECKED')
  expect(researchStateOf(facts({ hasUndertaking: true, items: [item('APPROVED')] }))).toBe('UNDERTAKING')
  expect(researchStateOf(facts({ outcome: 'GRANTED' }))).toBe('DECIDED')
  expect(researchStateOf(facts({ outcome: 'REFUSED' }))).toBe('REFUSED')
  expect(researchStateOf(facts({ outcome: 'GRANTED', isReleased: true }))).toBe('RELEASED')
  expect(researchStateOf(facts({ outcome: 'GRANTED', isReleased: true, isStudyEnded: true }))).toBe('STUDY_ENDED')
  expect(researchStateOf(facts({ outcome: 'GRANTED', isReleased: true, isClosed: true }))).toBe('CLOSED')
  expect(researchStateOf(facts({ isWithdrawn: true }))).toBe('WITHDRAWN')
})
