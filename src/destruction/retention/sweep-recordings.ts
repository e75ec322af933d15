import { sql, type Kysely } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { recordingTerms } from '#description/terms.ts'
import {
  expungeRecordings,
  finishExpunctions,
  isUnfinished,
  retryLateRemovals,
  type RecordingToDestroy,
  type ExpunctionResult,
  type ExpunctionContext,
} from '#register/expunge.ts'
import type { RegisterTables } from '#register/tables.ts'

const batch = 5_000
/** Sorts before every id. */
const lowestId = '00000000-0000-0000-0000-000000000000'
/** Days after which a recording whose call has no reported end gets its terms, counted from its start. */
const unendedAfterDays = 2
/**
 * Longest wait for an unreachable storage place. Destruction at the maximum retention period is scheduled this long before its
 * end (terms.ts).
 */
const waitHours = 24
/** Interval of retries for unreachable storage places and of checks for objects that capture stored late. */
const lateRemovalsEveryMs = 60_000
const lateRemovalsRetriedMs = new WeakMap<ExpunctionContext, number>()

/** Destroys due recordings and completes interrupted destructions. */
export async function sweepRecordings(
  expunging: ExpunctionContext,
  now: Temporal.Instant,
): Promise<{ destroyed: number; failures: ExpunctionResult['failures']; waiting: string[] }> {
  const unendedFailures = await setTermsOfUnendedCalls(expunging.db, now)
  const { destroyed: finished, failures, waiting } = await finishExpunctions(expunging, now)
  failures.push(...unendedFailures)
  let destroyed = finished.length
  for (let after: string | undefined = lowestId; after !== undefined;) {
    const due = await dueAfter(expunging.db, after, now)
    const expunged = await expungeRecordings(expunging, due, now)
    destroyed += expunged.destroyed.length
    failures.push(...expunged.failures)
    waiting.push(...expunged.waiting)
    after = due.at(-1)?.id
  }
  await sql`select report_held_as_destroyed()`.execute(expunging.db)
  await retryLateRemovals(expunging, now)
  return { destroyed, failures, waiting: [...new Set(waiting.map(({ why }) => why))] }
}

/** Resumes what an earlier run did not finish: destructions, retired keys, deletions at unreachable storage places. */
export async function finishDestructions(
  expunging: ExpunctionContext,
  now: Temporal.Instant,
): Promise<{ destroyed: number; blockers: string[]; failures: unknown[] }> {
  const last = lateRemovalsRetriedMs.get(expunging)
  if (last === undefined || performance.now() - last >= lateRemovalsEveryMs) {
    lateRemovalsRetriedMs.set(expunging, performance.now())
    await retryLateRemovals(expunging, now)
  }
  if (!(await isUnfinished(expunging.db))) return { destroyed: 0, blockers: [], failures: [] }
  const { destroyed, waiting, failures, months } = await finishExpunctions(expunging, now)
  return {
    destroyed: destroyed.length,
    blockers: [...new Set([...months, ...waiting.map(({ why }) => why)])],
    failures: failures.map(({ error }) => error),
  }
}

/**
 * Returns true if a recording is past its hour of destruction: ingested late, or failed in a sweep. Recordings kept by an order
 * or a case do not count. The current hour is left to the sweep, which destroys an hour at once with its keys.
 */
export async function isOverdue(db: Kysely<RegisterTables>): Promise<boolean> {
  return selectValue(
    db,
    sql<boolean>`exists (
      select from recording r
      where r.destroy_at < date_trunc('hour', destruction_now(), 'UTC')
        and r.state <> 'DESTROYED' and r.state in ('CAPTURING', 'STORED', 'QUARANTINED')
        and recording_end_decision(r) ->> 'act' = 'destroy'
    )`,
  )
}

/** Uses the time of destruction; recordings kept by an order or a case are not due (recording_end_decision). */
async function dueAfter(
  db: Kysely<RegisterTables>,
  after: string,
  now: Temporal.Instant,
): Promise<RecordingToDestroy[]> {
  const { rows } = await sql<{ id: string; destroyAt: Temporal.Instant; cause: RecordingToDestroy['cause'] }>`
    select r.id, r.destroy_at as "destroyAt", due.ends ->> 'cause' as cause
    from recording r cross join lateral (select recording_end_decision(r) as ends) due
    where r.state not in ('DESTROYING', 'DESTROYED') and r.id > ${after}
      and r.destroy_at <= least(${now}::timestamptz, destruction_now())
      and due.ends ->> 'act' = 'destroy'
    order by r.id limit ${batch}`.execute(db)
  return rows.map(({ id, destroyAt, cause }) => ({
    id,
    cause,
    doneBy: 'sweep',
    deadline: destroyAt.add({ hours: waitHours }),
  }))
}

/**
 * Gives terms to recordings whose call has no reported end.
 * @returns the recordings for which that failed
 */
async function setTermsOfUnendedCalls(
  db: Kysely<RegisterTables>,
  now: Temporal.Instant,
): Promise<ExpunctionResult['failures']> {
  const unended = await db
    .selectFrom('recording')
    .select(['id', 'started_at', 'recording_months'])
    .where('destroy_at', 'is', null)
    .where('state', 'not in', ['DESTROYING', 'DESTROYED'])
    .where(
      'started_at',
      '<',
      sql<Temporal.Instant>`least(${now}::timestamptz, destruction_now()) - ${sql.lit(`${unendedAfterDays} days`)}::interval`,
    )
    .execute()
  const failures: ExpunctionResult['failures'] = []
  for (const recording of unended) {
    try {
      const terms = recordingTerms(recording.started_at, recording.recording_months)
      await db
        .updateTable('recording')
        .set({
          min_keep_until: terms.minKeepUntil,
          destroy_at: terms.destroyAt,
          // Required for ingestion.
          expiry_month: terms.destroyAt.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 }),
        })
        .where('id', '=', recording.id)
        .where('destroy_at', 'is', null)
        .execute()
    } catch (error) {
      failures.push({ id: recording.id, error })
    }
  }
  return failures
}
