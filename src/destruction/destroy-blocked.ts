/**
 * Destroys forbidden recordings (R50) within a minute, and recordings whose preservation order has ended within an hour. The
 * database decides which recordings end (decide_end in database/functions/destruction/recordings.sql).
 */
import { sql, type Kysely } from 'kysely'
import { laterOf } from '#platform/clock/instants.ts'
import {
  expungeRecordings,
  type RecordingToDestroy,
  type ExpunctionResult,
  type ExpunctionContext,
} from '#register/expunge.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Longest wait for an unreachable storage place when a forbidden recording is destroyed. */
const forbiddenSeconds = 60
/** Longest wait when the preservation order of a recording has ended. */
const heldMinutes = 60
const batchSize = 500

/**
 * Ends expired preservation orders and inspections, and blocks the recordings that they kept.
 * @returns how many of each ended
 */
export async function endExpiredHolds(db: Kysely<RegisterTables>): Promise<{ orders: number; inspections: number }> {
  const { rows } = await sql<{ orders: number; inspections: number }>`
    select orders::integer, inspections::integer from settle_ends()`.execute(db)
  return rows[0]!
}

/** Records whether the description in force lets open inspections postpone destruction (C3). */
export async function recordInspectionHolds(db: Kysely<RegisterTables>, held: boolean): Promise<void> {
  await sql`update inspections_hold set held = ${held} where held <> ${held}`.execute(db)
}

/** Destroys blocked recordings without waiting for the hourly sweep. */
export async function destroyBlocked(expunging: ExpunctionContext, now: Temporal.Instant): Promise<ExpunctionResult> {
  const done: ExpunctionResult = { destroyed: [], waiting: [], failures: [] }
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const endings = await blockedRecordings(expunging.db, after, now)
    if (endings.length === 0) return done
    after = endings.at(-1)!.id
    const { destroyed, waiting, failures } = await expungeRecordings(expunging, endings, now)
    done.destroyed.push(...destroyed)
    done.waiting.push(...waiting)
    done.failures.push(...failures)
  }
}

async function blockedRecordings(
  db: Kysely<RegisterTables>,
  after: string,
  now: Temporal.Instant,
): Promise<RecordingToDestroy[]> {
  const rows = await db
    .selectFrom('recording')
    .leftJoin('prohibition', 'prohibition.recording_id', 'recording.id')
    .select(['recording.id', 'recording.cause'])
    .select((eb) => eb.fn.min('prohibition.received_at').as('received_at'))
    .where('recording.state', '=', 'DESTROYING')
    .where((eb) =>
      eb.or([
        eb('recording.cause', 'in', ['caller', 'official', 'hold-end']),
        // Kept past its day for a case that has closed since: the database blocked it, and no sweep has begun its
        // destruction.
        eb.not(
          eb.exists(eb.selectFrom('expunction').select('recording_id').whereRef('recording_id', '=', 'recording.id')),
        ),
      ]),
    )
    .where('recording.id', '>', after)
    .groupBy('recording.id')
    .orderBy('recording.id')
    .limit(batchSize)
    .execute()
  return rows.map(({ id, cause, received_at }) => ({
    id,
    cause: cause!,
    doneBy: received_at ? 'prohibition' : 'sweep',
    // The deadline is in the future even if the prohibition is old: the recording may have waited for a case until now.
    deadline:
      received_at === null
        ? now.add({ minutes: heldMinutes })
        : laterOf(received_at.add({ seconds: forbiddenSeconds }), now.add({ seconds: forbiddenSeconds / 2 })),
  }))
}
