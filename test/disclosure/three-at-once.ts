// Makes three simultaneous downloads, however small the object: the first client cannot finish before the others have
// requested it. Returns who received what.
import { sql, type Kysely } from 'kysely'
import { expect } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'

type Client = { fetch: (path: string, options?: { method?: string }) => Promise<Response> }

/**
 * Sends three requests at the same time; the database answers none of them before all three have arrived. Returns the
 * lengths of the bodies received with 200, and the other statuses.
 */
export async function downloadThreeTimesAtOnce(
  admin: Kysely<RegisterTables>,
  row: { table: 'disclosure_package' | 'subject_copy'; id: string },
  client: Client,
  [path, method]: [string, 'GET' | 'POST'],
) {
  const request = await admin.transaction().execute(async (tx) => {
    await sql`select from ${sql.table(row.table)} where id = ${row.id} for update`.execute(tx)
    const all = Promise.allSettled(
      Array.from({ length: 3 }, async () => {
        const answer = await client.fetch(path, { method })
        const { byteLength } = await answer.arrayBuffer()
        return answer.status === 200 ? { whole: byteLength } : { status: answer.status }
      }),
    )
    await expect
      .poll(
        async () => {
          const { rows } = await sql<{ waiting: number }>`
            select count(*)::integer as waiting from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%begin\\_%'`.execute(admin)
          return rows[0]!.waiting
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(3)
    return { all }
  })
  const ended = (await request.all).map((one) => (one.status === 'fulfilled' ? one.value : { status: 0 }))
  return {
    whole: ended.flatMap((one) => ('whole' in one ? [one.whole] : [])),
    refused: ended.flatMap((one) => ('status' in one ? [one.status] : [])),
  }
}
