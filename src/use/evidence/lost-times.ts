/**
 * Intervals whose acts, with their log entries, were lost by a restore; read from the signed log entries of restores. A
 * restore writes new log entries for what it replays from the ledger. Restores by earlier versions did not: rows of their
 * intervals may lack a log entry.
 */
import { sql } from 'kysely'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { readTrusted } from '#safeguards/audit/signed-entries.ts'
import type { CheckContext } from './promise.ts'

export interface LostTime {
  from: Temporal.Instant
  to: Temporal.Instant
  /** True if the restore wrote log entries for what it replayed. */
  isLogged: boolean
}

export async function readLostTimes({
  db,
  keys,
}: Pick<CheckContext, 'db'> & { keys: Pick<CheckContext['keys'], 'read'> }): Promise<LostTime[]> {
  const key = await readLogKey(keys)
  const restores = key ? await readTrusted(db, key, 'backup.restored') : []
  return Promise.all(
    restores.map(async ({ seq, at, detail: { snapshotAt, restoredAt = at, logged } }) => {
      // A later entry with an earlier time means that the clock was ahead at the restore: nothing after that time is lost.
      const { rows } = await sql<{ at: Temporal.Instant | null }>`
        select min(e.at) as at from audit_entry e
        where e.seq > ${seq}::bigint and e.at >= ${String(snapshotAt)}::timestamptz and e.at < ${String(restoredAt)}::timestamptz`.execute(
        db,
      )
      return {
        isLogged: logged === true,
        from: Temporal.Instant.from(String(snapshotAt)),
        to: rows[0]?.at ?? Temporal.Instant.from(String(restoredAt)),
      }
    }),
  )
}

/** Returns the intervals as a tstzmultirange, each from a minute before the backup: an act may have been under way then. */
export async function lostTimes(context: CheckContext): Promise<string> {
  return asRanges(await readLostTimes(context))
}

/** Like {@link lostTimes}, only for restores that wrote no log entries for what they replayed. */
export async function unloggedTimes(context: CheckContext): Promise<string> {
  return asRanges((await readLostTimes(context)).filter(({ isLogged }) => !isLogged))
}

function asRanges(times: readonly LostTime[]): string {
  return `{${times.map(({ from, to }) => `[${from.subtract({ minutes: 1 }).toString()},${to.toString()}]`).join(',')}}`
}
