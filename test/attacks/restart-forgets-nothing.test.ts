/**
 * Findings of history.admitted are still reported after the custodian restarts, and the promise holds again only after
 * a complete pass (R9).
 */
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { admissionRoot } from '#register/history/count-admissions.ts'
import { historyAdmitted } from '#use/evidence/history-admitted.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const promises = await makeTestPromises(database)

/**
 * Plants `many` counts of admitted calls two months ago, each of one call past its term, and one count of 30 hours ago
 * whose call is missing.
 */
async function plant(many: number) {
  const start = Temporal.Now.instant()
    .subtract({ hours: 24 * 500 })
    .round({ smallestUnit: 'microsecond' })
  const admission = (startedAt: Temporal.Instant, at: Temporal.Instant) => {
    const fact = { kind: 'contact' as const, id: randomUUID(), startedAt, belongsTo: null, content: null }
    return { part: randomUUID(), at, fact, root: admissionRoot([fact]) }
  }
  const first = Temporal.Now.instant().subtract({ hours: 24 * 60 })
  const all = Array.from({ length: many }, (_, n) => admission(start, first.add({ seconds: n })))
  const now = Temporal.Now.instant().round({ smallestUnit: 'microsecond' })
  all.push(admission(now.subtract({ hours: 31 }), now.subtract({ hours: 30 })))
  const client = await pool.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    for (let i = 0; i < all.length; i += 5000) {
      const batch = JSON.stringify(
        all.slice(i, i + 5000).map(({ part, at, fact, root }) => ({
          part,
          at: at.toString(),
          id: fact.id,
          started: fact.startedAt.toString(),
          root: root.toString('hex'),
        })),
      )
      await client.query(
        `insert into admission_part (id, hour, source, kinds, ids, starts, root)
        select x.part, date_trunc('hour', x.at), 'register', '{contact}', array[x.id], array[x.started], decode(x.root, 'hex')
        from jsonb_to_recordset($1::jsonb) x (part uuid, at timestamptz, id uuid, started timestamptz, root text)`,
        [batch],
      )
      await client.query(
        `insert into audit_entry (at, action, result, object_kind, object_id, detail)
        select x.at, 'admissions.counted', 'ok', 'admissions', x.part, jsonb_build_object('hour', to_char(x.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"'),
          'source', 'register', 'contacts', 1, 'segments', 0, 'recordings', 0, 'root', x.root)
        from jsonb_to_recordset($1::jsonb) x (part uuid, at timestamptz, root text)`,
        [batch],
      )
    }
    await client.query('commit')
  } finally {
    client.release(true)
  }
}

test(
  'a missing call is also reported by the next process, before its pass reaches it',
  { timeout: 120_000 },
  async () => {
    await plant(20_000)
    await pool.query('analyze')
    const check = async (afresh: boolean, memo: unknown) => {
      const found = await historyAdmitted.check(await promises.makeContext({ afresh }), memo)
      if (found === 'not-yet') throw new Error('not yet')
      return found
    }
    const first = await check(true, undefined)
    expect(first).toMatchObject({ holds: false, facts: { missing: 1, wholeAt: expect.any(String) } })
    expect(await check(true, first.memo)).toMatchObject({ holds: false, facts: { missing: 1 } })
    // The promise does not hold if no pass has been completed for longer than a day.
    const wholeAt = Temporal.Now.instant().subtract({ hours: 27 }).toString()
    expect(await check(true, { ...(first.memo as object), bad: {}, wholeAt })).toMatchObject({ holds: false })
  },
)
