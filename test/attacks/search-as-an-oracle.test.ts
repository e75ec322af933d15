/**
 * A search reveals nothing about calls that its viewer may not see (R37, R39), neither by its results nor by its
 * duration.
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { underGrant, type Grant } from '#safeguards/access/grant.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openSearch } from '../register/open-search.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, desk, now, ainos, grantFor, call } = await openSearch(database)
const startedAt = now().subtract({ hours: 24 })
/** Call of a colleague of Aino, in a unit that nobody here supervises. */
const { caller } = await call({
  ...{ startedAt, answeredAt: startedAt.add({ seconds: 20 }), endedAt: startedAt.add({ minutes: 5 }) },
  official: { name: 'Kaisa', unitId: null as never, phone: phone('029 512 1009') },
})
const sari = await enterTestPerson(admin, desk, {
  name: 'Sari',
  unit: 'Muualla',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const eero = await enterTestPerson(admin, desk, {
  name: 'Eero',
  right: {
    ...{ role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'] },
    scope: { kind: 'numbers', units: [], numbers: [phone('029 497 099')] },
  },
})

/** Returns how many index or table scans a search by a caller's number causes, and its results. */
async function searchAs(grant: Grant, written: string, isOldestFirst: boolean) {
  return underGrant(desk, grant, async (tx) => {
    const scans = async () => {
      const { rows } = await sql<{ scans: number }>`
        select coalesce(sum(idx_scan + seq_scan), 0)::integer as scans from pg_stat_xact_user_tables where relname ~ '^contact'`.execute(
        tx,
      )
      return rows[0]!.scans
    }
    const before = await scans()
    const { rows: found } = await sql`
      select id from search_contacts(jsonb_populate_record(null::contact_filters,
        ${JSON.stringify({ from_at: startedAt.subtract({ hours: 1 }), caller: phone(written) })}::jsonb), null, null, 20, ${isOldestFirst})`.execute(
      tx,
    )
    return { found: found.length, scans: (await scans()) - before }
  })
}

test.each<[string, number, () => Promise<Grant>]>([
  ['an official', 0, () => Promise.resolve(ainos)],
  ['a supervisor', 0, async () => grantFor(await sari.signIn())],
  ['an expert for a number', 1, async () => grantFor(await eero.signIn(), 'QUALITY')],
])('%s cannot learn from a search’s duration whether a number called somebody else', async (_user, rows, grantOf) => {
  const grant = await grantOf()
  for (const isOldestFirst of [false, true]) {
    const ofNobody = await searchAs(grant, '040 777 9999', isOldestFirst)
    expect(ofNobody.scans).toBeGreaterThan(0)
    const ofSomebody = await searchAs(grant, caller, isOldestFirst)
    expect(ofSomebody.found).toBe(0)
    // The search for a number that called may execute no further statement, which would take milliseconds. It may read
    // one more row, which takes no measurable time.
    expect(ofSomebody.scans - ofNobody.scans).toBeLessThanOrEqual(rows)
  }
})

test.each([null, 'any', 'other'])(
  'a direct search in the database, for recordings %j, finds no call of others',
  async (recorded) => {
    const found = await underGrant(desk, await grantFor(await sari.signIn()), async (tx) => {
      const request = { from_at: startedAt.subtract({ hours: 1 }), caller: phone(caller), recorded }
      const { rows } = await sql`
      select id from search_contacts(jsonb_populate_record(null::contact_filters, ${JSON.stringify(request)}::jsonb), null, null, 20)`.execute(
        tx,
      )
      return rows
    })
    expect(found).toEqual([])
  },
)
