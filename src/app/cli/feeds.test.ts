import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { reportFeed } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const program = fileURLToPath(new URL('../../../bin/seloste.js', import.meta.url))

async function seloste(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, DATABASE_URL: database.url() }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, 'feeds', ...args], { env })
    return { code: 0, out: stdout, error: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, error: stderr }
  }
}

test('feeds allow: for two days, a feed that has run before may report calls since the given day', async () => {
  const nothing = { heardAt: undefined, from: undefined, until: undefined, records: 0, calls: 0, outside: 0 }
  await reportFeed(
    database.as('seloste_capture').db,
    { name: 'exchange', source: 'csv', covers: [] },
    nothing,
    undefined,
  )
  expect(await seloste('allow', '--feed', 'exchange', '--from', '2026-01-01')).toEqual({
    code: 0,
    out: 'for two days, calls since 2026-01-01 are accepted from exchange\n',
    error: '',
  })
  const { rows } = await database
    .as()
    .pool.query(
      `select (late_from at time zone 'UTC')::text as late_from, late_until - now() > interval '47 hours' as lasts from feed`,
    )
  expect(rows).toMatchObject([{ late_from: expect.stringMatching(/^2025-12-31 22:00/), lasts: true }])
  for (const [from, feed] of [
    ['soon', 'exchange'],
    ['2026-01-01', 'another'],
  ] as const)
    expect(await seloste('allow', '--feed', feed, '--from', from)).toMatchObject({ code: 1 })
})
