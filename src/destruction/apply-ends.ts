/**
 * Destroys recordings blocked by a prohibition or by the end of a preservation order (R50), within a minute and an hour. What
 * ends when is decided in the database (decide_end in database/functions/destruction/recordings.sql).
 */
import { sql, type Kysely } from 'kysely'
import { expungeRecordings, type Ending, type Expunged, type Expunging } from '#register/expunge.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Longest wait for an unreachable place, for a forbidden recording. */
const forbiddenSeconds = 60
/** The same for a recording whose order has ended. */
const heldMinutes = 60
const atOnce = 500

/**
 * Ends orders and inspections that are over, and blocks what waited for them.
 * @returns how many of each ended
 */
export async function settleEnds(db: Kysely<RegisterTables>): Promise<{ orders: number; inspections: number }> {
  const { rows } = await sql<{ orders: number; inspections: number }>`
    select orders::integer, inspections::integer from settle_ends()`.execute(db)
  return rows[0]!
}

/** Records whether the description in force lets open inspections postpone destruction (C3). */
export async function recordInspectionHolds(db: Kysely<RegisterTables>, held: boolean): Promise<void> {
  await sql`update inspections_hold set held = ${held} where held <> ${held}`.execute(db)
}

/** Destroys what is blocked out of turn. */
export async function applyEnds(expunging: Expunging, now: Temporal.Instant): Promise<Expunged> {
  const done: Expunged = { destroyed: [], waiting: [], failures: [] }
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const endings = await blockedOutOfTurn(expunging.db, after, now)
    if (endings.length === 0) return done
    after = endings.at(-1)!.id
    const { destroyed, waiting, failures } = await expungeRecordings(expunging, endings, now)
    done.destroyed.push(...destroyed)
    done.waiting.push(...waiting)
    done.failures.push(...failures)
  }
}

async function blockedOutOfTurn(db: Kysely<RegisterTables>, after: string, now: Temporal.Instant): Promise<Ending[]> {
  const rows = await db
    .selectFrom('recording')
    .leftJoin('prohibition', 'prohibition.recording_id', 'recording.id')
    .select(['recording.id', 'recording.cause'])
    .select((eb) => eb.fn.min('prohibition.received_at').as('received_at'))
    .where('recording.state', '=', 'DESTROYING')
    .where((eb) =>
      eb.or([
        eb('recording.cause', 'in', ['caller', 'official', 'hold-end']),
        // Waited past its day for a case that has closed: blocked by the database, and begun by no sweep.
        eb.not(
          eb.exists(eb.selectFrom('expunction').select('recording_id').whereRef('recording_id', '=', 'recording.id')),
        ),
      ]),
    )
    .where('recording.id', '>', after)
    .groupBy('recording.id')
    .orderBy('recording.id')
    .limit(atOnce)
    .execute()
  return rows.map(({ id, cause, received_at }) => ({
    id,
    cause: cause!,
    doneBy: received_at ? 'prohibition' : 'sweep',
    // The deadline counts from the first attempt: what waited for a case is blocked only now.
    deadline:
      received_at === null
        ? now.add({ minutes: heldMinutes })
        : later(received_at.add({ seconds: forbiddenSeconds }), now.add({ seconds: forbiddenSeconds / 2 })),
  }))
}

function later(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) > 0 ? a : b
}
