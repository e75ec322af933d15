import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openConnection } from '#platform/database/copy.ts'
import { createHistoryPartitions } from './create-history-partitions.ts'

const database = await createTestDatabase()
const { pool } = database.as()

async function months(): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `select relname || ' ' || pg_get_expr(relpartbound, oid) as line from pg_class
     where relispartition and relname ~ '_2031_0[123]$' and relkind = 'r' order by 1`,
  )
  return rows.map(({ line }) => line)
}

test('partitions equal those of `ensure_partitions`, in a database without that function', async () => {
  await pool.query(`select ensure_partitions('2031-01-01', '2031-03-01')`)
  const wanted = await months()
  expect(wanted).toHaveLength(9)
  await pool.query(`drop table ${wanted.map((line) => line.split(' ')[0]).join(', ')}`)
  await pool.query('drop function ensure_partitions')
  const connection = await openConnection(database.url(), 'test')
  await createHistoryPartitions(connection, '2031-01-31', '2031-03-01')
  // Existing partitions stay.
  await createHistoryPartitions(connection, '2031-02-01', '2031-03-01')
  await connection.close()
  expect(await months()).toEqual(wanted)
})
