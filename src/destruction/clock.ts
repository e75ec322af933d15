/**
 * The clock that cannot be trusted. In: the database's clock against the highest time it has seen. Out: whether terms are
 * obeyed; a clock that is ahead is right once two people have said so. Never here: a destruction, one person's word for two.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { rowOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'

export type ClockState = 'right' | 'ahead' | 'behind'

/**
 * Brings the mark up to the clock, unless it has leapt; a stop begins and ends here. For the custodian, each minute.
 * @param ran since it was asked last, by a clock that nobody sets; nothing at a start. What the clock gained beside that is
 * added up: one that is set on little by little is ahead as well
 * @param watcher id of the process that asks; the times of two are not mixed
 */
export async function advanceClock(
  db: Kysely<RegisterTables>,
  ran: Temporal.Duration = new Temporal.Duration(),
  watcher: string | null = null,
): Promise<ClockState> {
  const { rows } = await sql<{ state: ClockState }>`
    select advance_clock(${ran.toString()}::interval, ${watcher}::uuid) as state`.execute(db)
  return rows[0]!.state
}

const refusals = [
  'deny.role',
  'clock.right',
  'clock.changed-meanwhile',
  'clock.own',
  // Who has a passkey confirms it with that first.
  'confirm.passkey',
] as const

/** Says that a clock which is ahead is right. @returns whether terms are obeyed again */
export function confirmClock(
  db: Kysely<RegisterTables>,
  session: Session,
  said: Temporal.Instant,
): Promise<{ isRight: boolean } | Refused<(typeof refusals)[number]>> {
  return rowOfDatabase(
    db,
    session,
    sql<{ isRight: boolean }>`select confirm_clock(${said}::timestamptz) as "isRight"`,
    refusals,
    { action: 'clock.confirmed', object: { kind: 'clock' } },
  )
}
