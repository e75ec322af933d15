// R36: an administrator does not get a colleague's rights under the colleague's name. The desk without a session learns
// nothing from the database functions that the directory uses.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer } from '../register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const { people, post, admin, desk } = await openDestructionDesk(database)
const { asta, bertil } = people
const today = Temporal.Now.plainDateISO('Europe/Helsinki').toString()
const change = (id: string, json: object) => post('asta', `/api/people/${id}/changes`, { from: today, ...json })

describe('an administrator', () => {
  test('cannot change their own name, and can change another’s', async () => {
    expect(await change(asta.id, { name: 'Tuula' })).toMatchObject({ status: 403, code: 'change.own' })
    expect((await change(bertil.id, { name: 'Bertil Uusi' })).status).toBe(200)
  })

  test('moves to another unit only after a second person has confirmed it', async () => {
    const { body } = await change(asta.id, { unit: 'Turvallisuusyksikkö' })
    expect(body['waits']).toBe(true)
    const { rows } = await sql<{ units: number }>`
      select count(*)::integer as units from person_placement p join unit u on u.id = p.unit_id
      where p.person_id = ${asta.id} and u.name = 'Turvallisuusyksikkö'`.execute(admin)
    expect(rows).toEqual([{ units: 0 }])
  })

  test('requests a right under a user id, which the approver sees', async () => {
    const until = Temporal.Now.plainDateISO('Europe/Helsinki').add({ months: 11 }).toString()
    const request = { role: 'SECURITY', purposes: ['CRIME_OR_MISUSE'], reason: 'Sijainen', until }
    expect((await post('asta', '/api/rights/requests', { ...request, people: [bertil.id] })).status).toBe(201)
    const scope = { kind: 'none' as const, units: [], numbers: [] }
    const right = { role: 'ACCESS_APPROVER' as const, purposes: [], scope }
    const approver = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Hilkka', right })
    const { body } = await answer((await desk.signIn(approver)).fetch('/api/rights/requests'))
    expect(body['items']).toMatchObject([{ person: { id: bertil.id }, userId: bertil.userId }])
  })
})

test('without a session the desk may not ask whether a number needs a second person, because that depends on answered calls', async () => {
  const { db } = database.as('seloste_desk')
  const from = Temporal.Now.instant().subtract({ hours: 1 })
  const row = {
    kind: 'phone',
    subject: phone('029 512 7999'),
    holder: bertil.id,
    person: bertil.id,
    from_at: from,
    to_at: null,
  }
  await expect(sql`select * from find_rows_to_confirm(${JSON.stringify([row])}::jsonb)`.execute(db)).rejects.toThrow(
    'deny.role',
  )
  const alone = sql`select needs_confirmation('phone', ${row.subject}, ${bertil.id}::uuid, ${from}, null)`.execute(db)
  await expect(alone).rejects.toThrow('permission denied')
})
