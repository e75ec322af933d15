/**
 * Intervals whose acts a restore has lost: what it replayed of them from the ledger and from capture nodes has no log entry.
 * Read from signed log entries of restores.
 */
import { sql } from 'kysely'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { readBelieved } from '#safeguards/audit/signed-entries.ts'
import type { CheckContext } from './promise.ts'

export async function readLostTimes({
  db,
  keys,
}: Pick<CheckContext, 'db'> & { keys: Pick<CheckContext['keys'], 'read'> }): Promise<
  { from: Temporal.Instant; to: Temporal.Instant }[]
> {
  const key = await readLogKey(keys)
  const restores = key ? await readBelieved(db, key, 'backup.restored') : []
  return Promise.all(
    restores.map(async ({ seq, at, detail: { snapshotAt, restoredAt = at } }) => {
      // A later entry with an earlier time means that the clock was ahead at the restore: nothing after that time is lost.
      const { rows } = await sql<{ at: Temporal.Instant | null }>`
        select min(e.at) as at from audit_entry e
        where e.seq > ${seq}::bigint and e.at >= ${String(snapshotAt)}::timestamptz and e.at < ${String(restoredAt)}::timestamptz`.execute(
        db,
      )
      return {
        from: Temporal.Instant.from(String(snapshotAt)),
        to: rows[0]?.at ?? Temporal.Instant.from(String(restoredAt)),
      }
    }),
  )
}

/** Returns the intervals as a tstzmultirange, from a minute earlier: an act may have been under way when the backup was made. */
export async function lostTimes(context: CheckContext): Promise<string> {
  const times = await readLostTimes(context)
  return `{${times.map(({ from, to }) => `[${from.subtract({ minutes: 1 }).toString()},${to.toString()}]`).join(',')}}`
}
