/**
 * The standstill alarm (docs/decisions/0085): raised once a blocker of any process has lasted two minutes, extended while any
 * lasts, ended when none does. Both are logged.
 */
import { sql } from 'kysely'
import { withTransaction } from '#platform/database/connect.ts'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { thresholds } from './thresholds.ts'

export interface Standstill {
  /** Kind of the blocker; `capture` for a silent capture. */
  kind: string
  since: Temporal.Instant
}

/** @returns the change of the alarm; undefined if there is none */
export function updateStandstillAlarm(
  database: SafeguardsDatabase,
  standstills: readonly Standstill[],
  now: Temporal.Instant,
): Promise<'raised' | 'over' | undefined> {
  return withTransaction(safeguardsOf(database), async (tx) => {
    const db = safeguardsOf(tx)
    await sql`select lock_alarm_kind('standstill')`.execute(db)
    if (standstills.length === 0) {
      return (await selectValue(db, sql<boolean>`clear_standstill_alarm()`)) ? 'over' : undefined
    }
    const first = standstills.map(({ since }) => since).sort(Temporal.Instant.compare)[0]!
    const isDue = Temporal.Instant.compare(first.add({ minutes: thresholds.standstill.minutes }), now) <= 0
    const kinds = Object.fromEntries(
      [...Map.groupBy(standstills, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]),
    )
    const { rows } = await sql<{ id: string; count: number; fresh: boolean }>`
      insert into alarm (kind, count, facts, threshold, first_at, last_at)
      select 'standstill', ${standstills.length}, ${JSON.stringify({ kinds })}::jsonb, ${JSON.stringify(thresholds.standstill)}::jsonb,
        ${first}::timestamptz, ${now}::timestamptz
      where ${isDue} or exists (select from alarm where kind = 'standstill' and closed_at is null)
      on conflict (kind, person_id, object_id) where closed_at is null do update
        set count = greatest(alarm.count, excluded.count), facts = excluded.facts, last_at = greatest(alarm.last_at, excluded.last_at)
      returning id, count, xmax = 0 as fresh`.execute(db)
    const [raised] = rows.filter(({ fresh }) => fresh)
    if (!raised) return undefined
    await appendAudit(db, {
      action: 'alarm.raised',
      result: 'ok',
      object: { kind: 'alarm', id: raised.id },
      detail: { kind: 'standstill', count: raised.count },
    })
    return 'raised'
  })
}
