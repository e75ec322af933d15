/**
 * Intervals whose acts a restore has lost, with their log entries. Read from signed log entries of restores. Of what it replayed
 * from the ledger a restore writes log entries anew; those of versions before it did explain rows of their intervals.
 */
import { sql } from 'kysely'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { readTrusted } from '#safeguards/audit/signed-entries.ts'
import type { CheckContext } from './promise.ts'

export interface LostTime {
  from: Temporal.Instant
  to: Temporal.Instant
  /** The restore logged what it replayed. */
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

/** Returns the intervals as a tstzmultirange, from a minute earlier: an act may have been under way when the backup was made. */
export async function lostTimes(context: CheckContext): Promise<string> {
  return asRanges(await readLostTimes(context))
}

/** Returns those of restores that logged nothing of what they replayed, in the same form. */
export async function unloggedTimes(context: CheckContext): Promise<string> {
  return asRanges((await readLostTimes(context)).filter(({ isLogged }) => !isLogged))
}

function asRanges(times: readonly LostTime[]): string {
  return `{${times.map(({ from, to }) => `[${from.subtract({ minutes: 1 }).toString()},${to.toString()}]`).join(',')}}`
}
