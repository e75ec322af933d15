// Promise: without a session the desk reads nothing of calls (R36), and nobody learns of a preservation order by it (L37). The attack: with
// the desk's database role, ask for the state of a prohibition that does not exist, of any recording.
import { sql, type Kysely } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, people } = await openOffices(database)
const desk = database.as('seloste_desk').db

test('the desk gets no state of a prohibition that does not exist, with or without a session', async () => {
  const { id } = await makeRecording()
  const madeUp = JSON.stringify({ recording_id: id })
  const ask = async (db: Kysely<RegisterTables>) => {
    const { rows } = await sql<{ state: string | null }>`
      select prohibition_state(jsonb_populate_record(null::prohibition, ${madeUp}::jsonb)) as state`.execute(db)
    return rows[0]!.state
  }
  expect(await ask(desk)).toBeNull()
  const { token } = await people.bertil.signIn()
  await desk.transaction().execute(async (tx) => {
    await sql`select set_config('seloste.session', ${token}, true)`.execute(tx)
    expect(await ask(tx)).toBeNull()
  })
})
