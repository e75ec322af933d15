import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { ExpunctionContext } from '#register/expunge.ts'
import { destroyPastMonthKeys } from '#safeguards/keys/destroy-past-month-keys.ts'
import { destroyUnneededDayKeys } from '#safeguards/keys/day-keys.ts'
import { expiryMonthOf } from '#safeguards/keys/month-keys.ts'
import { moveFileKeys, type KeyToMove } from '#safeguards/keys/move-keys.ts'

const moveBatchSize = 5_000
/** Longest wait for an unreachable place before old versions of moved keys are destroyed all the same. */
const waitHours = 24

/**
 * Destroys keys that are no longer needed: month keys of past months, after the file keys of recordings kept past their day
 * have moved to a later month, and keys of intake days. Uses the database's time of destruction, which does not follow a
 * clock that has leapt.
 * @returns the names of destroyed month keys and the days of intake keys
 */
export async function destroyUnneededKeys(
  expunging: ExpunctionContext,
  requestedAt: Temporal.Instant,
): Promise<{ monthKeys: string[]; intakeDays: string[] }> {
  const { db, keys, copies } = expunging
  const now = await selectValue(db, sql<Temporal.Instant>`least(${requestedAt}::timestamptz, destruction_now())`)
  const month = expiryMonthOf(now)
  for (;;) {
    const moving = await keysToMove(expunging, month)
    const moved = await moveFileKeys(db, keys, moving, now.add({ hours: waitHours }))
    if (moved === 0 || moving.length < moveBatchSize) break
  }
  const monthKeys = await destroyPastMonthKeys(db, keys, copies, month, now)
  const intakeDays = await destroyUnneededDayKeys(db, keys, now)
  return { monthKeys, intakeDays: intakeDays.map((day) => day.toString()) }
}

/**
 * Returns held recordings whose file key is wrapped by the month key of another month than that of their destruction: the
 * term was shortened, the call was ongoing, or an order keeps the recording past its day, so that its key moves from month
 * to month.
 */
async function keysToMove({ db }: ExpunctionContext, month: Temporal.PlainDate): Promise<KeyToMove[]> {
  const later = month.add({ months: 1 })
  const { rows } = await sql<KeyToMove>`
    select r.id, k.expiry_month as "from", due.at as "destroyAt"
    from recording_key k
    join recording r on r.id = k.recording_id and r.state not in ('DESTROYING', 'DESTROYED') and r.destroy_at is not null
    cross join lateral (
      select case when r.destroy_at >= ${month}::date::timestamptz then r.destroy_at else ${later}::date::timestamptz end as at
    ) due
    where k.expiry_month <> date_trunc('month', due.at at time zone 'UTC')::date
      and (r.destroy_at >= ${month}::date::timestamptz or k.expiry_month < ${month})
    limit ${moveBatchSize}`.execute(db)
  return rows
}
