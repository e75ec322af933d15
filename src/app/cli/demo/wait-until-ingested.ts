import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'

const checkMs = 1_000

/** Waits until earlier recordings are ingested or have failed: until then they cannot be played or drawn. */
export async function waitUntilIngested(
  db: Kysely<RegisterTables>,
  before: Temporal.Instant,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const waiting = await db
      .selectFrom('recording')
      .select('id')
      .where('state', '=', 'STORED')
      .where('kept_at', 'is', null)
      .where('keeping_fault', 'is', null)
      .where('started_at', '<', before)
      .limit(1)
      .executeTakeFirst()
    if (waiting === undefined) return
    await sleep(checkMs, undefined, { signal }).catch(() => undefined)
  }
}
