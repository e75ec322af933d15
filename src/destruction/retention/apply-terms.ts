/**
 * Applies shorter terms to held recordings (R25), never below the promised floor (R23). Terms are never lengthened; the sweep
 * destroys what has become due.
 */
import { sql, type Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { monthsInForce } from '#description/term-steps.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { destructionAt } from './due-bounds.ts'

const batch = 1000

/**
 * Shortens the term of every held recording to that of the rules in force at `now` for its number. If the new day of
 * destruction is past, it becomes `now`. Each batch is one transaction with its log entry; an interrupted run is completed
 * by the next.
 * @returns how many terms were shortened
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
      // The recording of an ongoing call gets its term when the call ends.
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
