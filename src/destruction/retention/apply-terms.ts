/**
 * Shorter terms reach what is held (R25). In: the description in force. Out: recordings that are to be destroyed earlier,
 * never before the floor they were promised (R23). Never here: a longer term (what was promised stays), a destruction (the
 * sweep destroys what has come to its day).
 */
import { sql, type Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { monthsInForce } from '#description/term-steps.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { destructionAt } from './terms-in-force.ts'

const batch = 1000

/**
 * Gives every held recording the term of the rules in force at `now` for its number, where that is shorter than its own. A day that has
 * passed is no day to end on: such a recording ends `now`.
 * Each batch is one transaction with its entry in the log; what was interrupted is finished by the next run.
 * @returns how many recordings got a shorter term
 */
export async function applyTerms(
  db: Kysely<RegisterTables>,
  description: Pick<RegisterDescription, 'version' | 'recordingPlan'>,
  now: Temporal.Instant,
): Promise<number> {
  let shortened = 0
  const numbers = Map.groupBy(monthsInForce(description, now), ([, months]) => months)
  for (const [months, entries] of numbers) {
    const keys = entries.map(([key]) => key)
    for (;;) {
      const done = await shortenSome(db, keys, months, description.version, now)
      shortened += done
      if (done < batch) break
    }
  }
  return shortened
}

async function shortenSome(
  db: Kysely<RegisterTables>,
  keys: readonly PhoneNumberKey[],
  months: number,
  version: number,
  now: Temporal.Instant,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const recordings = await tx
      .selectFrom('recording')
      .select(['id', 'call_ended_at', 'min_keep_until', 'destroy_at'])
      .where('number_reached', 'in', keys)
      .where('recording_months', '>', months)
      .where(sql<boolean>`state not in ('DESTROYING', 'DESTROYED')`)
      // A call that has not ended gets its term when it does.
      .where('call_ended_at', 'is not', null)
      .where('destroy_at', 'is not', null)
      .limit(batch)
      .forUpdate()
      .execute()
    if (recordings.length === 0) return 0
    const days = recordings.map(({ call_ended_at, min_keep_until }) =>
      destructionAt({ call_ended_at: call_ended_at!, min_keep_until: min_keep_until! }, months).toString(),
    )
    await sql`
      update recording r set recording_months = ${months}, destroy_at = least(r.destroy_at, greatest(given.destroy_at, ${now.toString()}::timestamptz))
      from unnest(${recordings.map(({ id }) => id)}::uuid[], ${days}::timestamptz[]) as given (id, destroy_at)
      where r.id = given.id`.execute(tx)
    await appendAudit(tx, {
      action: 'terms.shortened',
      result: 'ok',
      object: { kind: 'description' },
      detail: { version, months, recordings: recordings.map(({ id }) => id) },
    })
    return recordings.length
  })
}
