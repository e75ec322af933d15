/**
 * Guards against a wrong clock: compares the database's clock with the highest time seen. Destruction runs while it is
 * plausible; a clock that is ahead must be confirmed by two people.
 */
import { sql, type Kysely } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { RegisterTables } from '#register/tables.ts'
import { databaseRow } from '#safeguards/access/database-request.ts'

export type ClockState = 'right' | 'ahead' | 'behind'

/**
 * Advances the highest time seen to the clock's time, unless the clock has leapt; begins and ends the stop of destruction.
 * Called by the custodian each minute.
 * @param elapsed monotonic time since the last call; zero at a start. What the clock gains over it is summed, so that small
 * steps are detected too
 * @param watcher id of the calling process: the times of two processes are not mixed
 */
export async function advanceClock(
  db: Kysely<RegisterTables>,
  elapsed: Temporal.Duration = new Temporal.Duration(),
  watcher: string | null = null,
): Promise<ClockState> {
  return selectValue(db, sql<ClockState>`advance_clock(${elapsed.toString()}::interval, ${watcher}::uuid)`)
}

/**
 * Confirms that a clock which is ahead is right; the second person's confirmation takes effect.
 * @param shownTime the clock's time that the screen showed to the first person
 * @returns whether destruction by term has resumed
 */
export const confirmClock = databaseRow((shownTime: Temporal.Instant) => ({
  statement: sql<{ isRight: boolean }>`select confirm_clock(${shownTime}::timestamptz) as "isRight"`,
  refusals: [
    'deny.role',
    'clock.right',
    'clock.changed-meanwhile',
    'clock.own',
    // A person with a passkey must confirm it first; another must have proved their presence.
    'confirm.passkey',
    'confirm.fresh',
  ],
  action: 'clock.confirmed',
  object: { kind: 'clock' },
}))
