// R36, R41: the desk's database role reads counts of calls and of officials only in a session with a right that reaches studies.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: desk, pool } = database.as('seloste_desk')

const official = await enterTestPerson(database.as().db, desk, {
  name: 'Aino',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
})

test.each(['calls_today', 'officials_by_unit', 'numbers_of_several'])(
  'without a session, or with a right to own calls only, the desk gets no counts from %s',
  async (name) => {
    await expect(pool.query(`select * from ${name}()`)).rejects.toThrow('deny.purpose')
    const { token } = await official.signIn()
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(
        `select set_config('seloste.session', $1, true), set_config('seloste.purpose', 'DEVELOPMENT', true)`,
        [token],
      )
      await expect(client.query(`select * from ${name}()`)).rejects.toThrow('deny.purpose')
    } finally {
      client.release(true)
    }
  },
)
