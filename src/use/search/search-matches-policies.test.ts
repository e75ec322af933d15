import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openSearch } from '#test/register/open-search.ts'
import { enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { underGrant, type Grant } from '#safeguards/access/grant.ts'
import type { RegisterTables } from '#register/tables.ts'
import { contactFilters } from './contact-filters.ts'
import type { ContactSearch } from './list-contacts.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, desk, now, aino, grant, ainos, grantFor, search, call } = await openSearch(database)

const security = await enterTestPerson(admin, desk, {
  name: 'Tuula',
  right: { role: 'SECURITY', purposes: ['CRIME_OR_MISUSE'], scope: { kind: 'all', units: [], numbers: [] } },
})
const expert = await enterTestPerson(admin, desk, {
  name: 'Eero',
  right: {
    ...{ role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'] },
    scope: { kind: 'numbers', units: [], numbers: [phone('029 497 001'), phone('029 497 010')] },
  },
})
const people: Record<string, Grant> = {
  'a supervisor': grant,
  'an official': ainos,
  'an expert': await grantFor(await expert.signIn(), 'QUALITY'),
  'the security unit': await grantFor(await security.signIn(), 'CRIME_OR_MISUSE', 'A 1'),
}

const names = ['Aino Virtanen', 'Bertil Berg', 'Kaisa Ääri']
const numbers = ['029 497 000', '029 497 001', '029 497 010'].map((number) => phone(number))
// Enters calls of the last three months, with everything that a search distinguishes: two segments, recordings, withheld numbers.
for (let n = 0; n < 60; n++) {
  const startedAt = now().subtract({ hours: 1 + n * 36 })
  const [answeredAt, endedAt] = [startedAt.add({ seconds: 20 }), startedAt.add({ minutes: 5 })]
  const callIds = [`ucid:as-the-policies-${n}`]
  const official = (which: number) => ({
    ...{ name: names[which % 3]!, phone: phone(`029 512 100${which % 3}`) },
    ...(which % 3 === 0 && { personId: aino.id }),
    ...(which % 2 === 0 && { unitId: which % 4 === 0 ? aino.unitId : security.unitId }),
  })
  const facts = {
    ...{
      callIds,
      startedAt,
      endedAt,
      caller: { kind: 'e164' as const, key: phone(`040 555 20${n % 10}0`), raw: null },
    },
    ...(n % 7 === 0 && { caller: { kind: 'withheld' as const, key: null, raw: null } }),
    numberCalled: { key: numbers[n % 3]!, kind: 'NATIONAL_SERVICE' as const },
    numberReached: { key: numbers[(n + (n % 5 === 0 ? 1 : 0)) % 3]! },
  }
  const recording = recordingFacts({ startedAt: answeredAt, endedAt })
  await call(
    n % 11 === 0
      ? { ...facts, answeredAt: undefined, official: undefined }
      : {
          ...facts,
          answeredAt,
          official: official(n),
          ...(n % 3 === 0 && { decision: { record: true, reason: 'drawn' }, recording }),
        },
  )
  if (n % 6 === 0) await call({ ...facts, answeredAt: startedAt.add({ minutes: 2 }), official: official(n + 1) })
}
await sql`update recording set kept_at = ended_at where contact_started_at > now() - interval '60 days'`.execute(admin)
await admin.transaction().execute(async (tx) => {
  await sql`set local session_replication_role = replica`.execute(tx)
  await sql`update recording set state = 'DESTROYED', destroyed_at = now(), cause = 'caller' where contact_started_at < now() - interval '45 days'`.execute(
    tx,
  )
  await sql`update recorded_part p set state = recorded_state(r.state, r.kept_at, r.destroy_at) from recording r where r.id = p.recording_id`.execute(
    tx,
  )
})

const from = now().subtract({ hours: 24 * 40 })
const to = now().subtract({ hours: 24 * 10 })
const gone = `(r.state in ('DESTROYED', 'DESTROYING') or r.destroy_at <= register_now())`
const recorded = (condition: string) => `exists (select from recording r where r.contact_id = c.id and ${condition})`
const answeredBy = (condition: string) =>
  `exists (select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and ${condition})`
const between = `c.started_at < '${to.toString()}' and c.started_at >= '${from.subtract({ hours: 24 }).toString()}'
  and coalesce(c.ended_at, now()) >= '${from.toString()}'`
const isAvailable = recorded(`not ${gone} and r.state = 'STORED' and r.kept_at is not null`)
/** Last digits find only calls that the viewer answered; for viewers without own calls they are taken as a complete phone number. */
const endsIn = (digits: string) =>
  `right(c.caller_key, ${digits.length}) = '${digits}' and ${answeredBy('s.official_person_id = sees_own()')}`
const searches: [Partial<ContactSearch>, string][] = [
  [{}, 'true'],
  [{ from, to }, between],
  [{ caller: '040 555 2030' }, `c.caller_key = '+358405552030'`],
  [{ caller: 'salattu' }, `c.caller_kind = 'withheld'`],
  [{ caller: '2030' }, endsIn('2030')],
  [{ caller: '52060', number: '029 497 000' }, `${endsIn('52060')} and c.number_called = '+35829497000'`],
  [{ caller: '2000', recorded: 'true', from, to }, `${endsIn('2000')} and ${recorded('true')} and ${between}`],
  [{ caller: '2030', recorded: 'none' }, `${endsIn('2030')} and not ${recorded('true')}`],
  [{ caller: '2060', official: 'ber' }, `${endsIn('2060')} and ${answeredBy(`s.official_name ilike '%ber%'`)}`],
  [{ number: '029 497 001' }, `c.number_called = '+35829497001'`],
  [{ official: 'ber' }, answeredBy(`s.official_name ilike '%ber%'`)],
  [{ official: 'n' }, answeredBy(`s.official_name ilike '%n%'`)],
  [{ official: '029 512 1000' }, answeredBy(`s.official_phone = '+358295121000'`)],
  [{ recorded: 'true' }, recorded('true')],
  [{ recorded: 'none' }, `not ${recorded('true')}`],
  [{ recorded: 'destroyed' }, recorded(gone)],
  [{ recorded: 'available' }, isAvailable],
  [
    { recorded: 'destroyed', number: '029 497 000', from, to },
    `${recorded(gone)} and c.number_called = '+35829497000' and ${between}`,
  ],
  [{ recorded: 'none', official: 'ää' }, `not ${recorded('true')} and ${answeredBy(`s.official_name ilike '%ää%'`)}`],
  [
    { caller: 'salattu', official: 'aino', from, to },
    `c.caller_kind = 'withheld' and ${answeredBy(`s.official_name ilike '%aino%'`)} and ${between}`,
  ],
  [{ recorded: 'true', official: 'ber' }, `${recorded('true')} and ${answeredBy(`s.official_name ilike '%ber%'`)}`],
  [
    { recorded: 'destroyed', official: '029 512 1002' },
    `${recorded(gone)} and ${answeredBy(`s.official_phone = '+358295121002'`)}`,
  ],
  [{ recorded: 'available', official: 'aino' }, `${isAvailable} and ${answeredBy(`s.official_name ilike '%aino%'`)}`],
  [{ recorded: 'available', number: '029 497 010' }, `${isAvailable} and c.number_called = '+35829497010'`],
  [{ recorded: 'true', caller: 'salattu' }, `${recorded('true')} and c.caller_kind = 'withheld'`],
  [{ caller: 'salattu', number: '029 497 001' }, `c.caller_kind = 'withheld' and c.number_called = '+35829497001'`],
  [
    { number: '029 497 000', official: 'kaisa' },
    `c.number_called = '+35829497000' and ${answeredBy(`s.official_name ilike '%kaisa%'`)}`,
  ],
  [{ recorded: 'none', number: '029 497 010' }, `not ${recorded('true')} and c.number_called = '+35829497010'`],
  [{ recorded: 'true', caller: '040 555 2000' }, `${recorded('true')} and c.caller_key = '+358405552000'`],
]

test('each filter is tested here', () => {
  expect(Object.keys(contactFilters).filter((name) => !searches.some(([filters]) => name in filters))).toEqual([])
})

describe.each(Object.entries(people))('%s finds exactly what the policies show:', (_, person) => {
  test.each(searches)('%j', async (filters, condition) => {
    const shown = await underGrant(desk, person, async (tx) => {
      const { rows } = await sql<{ id: string }>`select c.id from contact c where ${sql.raw(condition)}
        order by c.started_at desc, c.id desc`.execute(tx)
      return rows.map(({ id }) => id)
    })
    const found = await search(filters, person)
    expect(found.items.map(({ id }) => id)).toEqual(shown)
    expect(found.approximateTotal).toBe(shown.length)

    const pages: string[] = []
    let cursor: string | undefined
    do {
      const page = await search({ ...filters, order: 'oldest', limit: 9, cursor }, person)
      expect(page.approximateTotal).toBe(shown.length)
      pages.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== undefined)
    expect(pages, 'oldest first, page by page').toEqual(shown.toReversed())
  })

  test('some results, but not all', async () => {
    const seen = (await search({}, person)).approximateTotal
    expect(seen).toBeGreaterThan(5)
    if (person !== people['the security unit']) expect(seen).toBeLessThan(60)
  })
})

test('last digits of a number find only calls that the viewer answered', async () => {
  const { items } = await search({ caller: '2060' }, ainos)
  expect(items.length).toBeGreaterThan(0)
  for (const { segments } of items) expect(segments.map(({ official }) => official?.name)).toContain('Aino Virtanen')
  expect((await search({ caller: '2060' }, grant)).items, 'a supervisor has no own calls').toEqual([])
})
