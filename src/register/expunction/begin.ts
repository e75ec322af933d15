/** First steps of an expunction: block recordings. From then on nobody can listen to them. Idempotent. */
import { sql, type Kysely } from 'kysely'
import type { BegunExpunction, RecordingToDestroy } from './expunction-types.ts'
import type { RegisterTables } from '../tables.ts'

/** Deadline for a recording that the database blocked itself, with a cause but no deadline: that of a prohibition, the shortest. */
const blockedSeconds = 60
/** Longest call; a process holds its sealing keys only during the call (capture/session). */
const maxCallHours = 12
/** Recordings per statement. */
const batchSize = 500

/**
 * Blocks recordings: from now on nobody can listen to them, whatever else fails. A destruction that has begun continues. A
 * refusal by the database (its minimum term, a preservation order) is a failure of that recording.
 */
export async function beginExpunction(
  db: Kysely<RegisterTables>,
  endings: readonly RecordingToDestroy[],
): Promise<{ begun: string[]; failures: { id: string; error: unknown }[] }> {
  const begun: string[] = []
  const failures: { id: string; error: unknown }[] = []
  for (let at = 0; at < endings.length; at += batchSize) {
    const some = endings.slice(at, at + batchSize)
    try {
      await block(db, some)
      begun.push(...some.map(({ id }) => id))
    } catch {
      for (const ending of some) {
        try {
          await block(db, [ending])
          begun.push(ending.id)
        } catch (error) {
          failures.push({ id: ending.id, error })
        }
      }
    }
  }
  return { begun, failures }
}

async function block(db: Kysely<RegisterTables>, endings: readonly RecordingToDestroy[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const [cause, ofCause] of Map.groupBy(endings, (ending) => ending.cause)) {
      await tx
        .updateTable('recording')
        .set({ state: 'DESTROYING', cause })
        .where(
          'id',
          'in',
          ofCause.map(({ id }) => id),
        )
        .where('state', 'not in', ['DESTROYING', 'DESTROYED'])
        .execute()
    }
    // Resuming after an interruption does not start a second destruction.
    await sql`
      insert into expunction (recording_id, done_by, deadline)
      select r.id, given.done_by, given.deadline
      from unnest(${endings.map(({ id }) => id)}::uuid[], ${endings.map(({ doneBy }) => doneBy)}::text[],
        ${endings.map(({ deadline }) => deadline)}::timestamptz[]) as given (id, done_by, deadline)
      join recording r on r.id = given.id and r.state = 'DESTROYING'
      on conflict (recording_id) do update set deadline = least(expunction.deadline, excluded.deadline)`.execute(tx)
  })
}

/** Begins what the database has blocked itself, and returns how far each of the given destructions is. */
export async function beginBlocked(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<BegunExpunction[]> {
  if (ids.length === 0) return []
  await sql`
    insert into expunction (recording_id, done_by, deadline)
    select id, case when cause in ('caller', 'official') then 'prohibition' else 'sweep' end,
      clock_timestamp() + ${sql.lit(`${blockedSeconds} seconds`)}::interval
    from recording where id = any (${ids}::uuid[]) and state = 'DESTROYING'
    on conflict do nothing`.execute(db)
  const { rows } = await sql<BegunExpunction>`
    select r.id, e.done_by as "doneBy", e.deadline,
      e.begun_at < clock_timestamp() - ${sql.lit(`${maxCallHours} hours`)}::interval as "isOverdue",
      -- Not awaited after the longest call: what capture then still has cannot be decrypted, the intake key being destroyed.
      (select s.asked_at from capture_stop s where s.recording_id = r.id
        and s.asked_at > clock_timestamp() - ${sql.lit(`${maxCallHours} hours`)}::interval) as "releaseRequestedAt"
    from recording r join expunction e on e.recording_id = r.id
    where r.id = any (${ids}::uuid[]) and r.state = 'DESTROYING'`.execute(db)
  return rows
}
