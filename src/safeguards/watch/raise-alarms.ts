/**
 * Raises alarms (R21) from what find-alarms.ts finds in the log and the listenings, each with reason, counts, threshold and a
 * log entry. It takes no measures against anybody.
 */
import { sql } from 'kysely'
import { withTransaction } from '#platform/database/connect.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { Period } from './break-glass-periods.ts'
import { findings } from './find-alarms.ts'
import { alarmKinds, thresholds, type AlarmKind } from './thresholds.ts'

export interface RaisedAlarm {
  id: string
  kind: AlarmKind
  count: number
}

/** Start of the first scan. */
const firstPeriod = { hours: 24 }
/** Transactions end later than their entries' instants: the last minutes are scanned again. */
const rescannedOverlap = { minutes: 5 }

/**
 * Scans everything since the last scan by each threshold, including time when nobody scanned.
 * @param emergencies intervals in which maintenance may view content in an emergency only, each view an alarm (C6)
 * @param onFault receives the error of a scan that failed; the others continue. Default: thrown
 * @returns new alarms; repetitions are added to the open alarm
 */
export async function raiseAlarms(
  database: SafeguardsDatabase,
  emergencies: readonly Period[],
  now: Temporal.Instant,
  onFault?: (error: unknown) => void,
): Promise<RaisedAlarm[]> {
  const raised: RaisedAlarm[] = []
  for (const kind of alarmKinds) {
    if (kind === 'standstill') continue
    try {
      raised.push(...(await withTransaction(safeguardsOf(database), (tx) => scanKind(tx, kind, emergencies, now))))
    } catch (error) {
      if (!onFault) throw error
      onFault(error)
    }
  }
  return raised
}

async function scanKind(
  tx: SafeguardsDatabase,
  kind: keyof typeof findings,
  emergencies: readonly Period[],
  now: Temporal.Instant,
): Promise<RaisedAlarm[]> {
  const db = safeguardsOf(tx)
  // Serialised with the closing of alarms, so that findings from before it raise no alarm after it.
  await sql`select lock_alarm_kind(${kind})`.execute(db)
  const last = await db.selectFrom('watched_until').select('at').where('kind', '=', kind).executeTakeFirst()
  const start = last ? last.at.subtract(rescannedOverlap) : now.subtract(firstPeriod)
  const threshold = JSON.stringify(thresholds[kind])
  const found = findings[kind](sql`${start}::timestamptz`, emergencies)
  const { rows } = await sql<RaisedAlarm & { fresh: boolean }>`
    insert into alarm (kind, person_id, object_id, count, facts, threshold, first_at, last_at)
    select ${kind}, f.person_id, f.object_id, f.count, f.facts, ${threshold}::jsonb, f.first_at, f.last_at
    from (${found}) f (person_id, object_id, count, first_at, last_at, facts)
    on conflict (kind, person_id, object_id) where closed_at is null do update
      set count = greatest(alarm.count, excluded.count), facts = excluded.facts, last_at = greatest(alarm.last_at, excluded.last_at)
      where excluded.last_at > alarm.last_at or excluded.count > alarm.count
    returning id, kind, count, xmax = 0 as fresh`.execute(db)
  const raised = rows.filter(({ fresh }) => fresh).map(({ id, count }) => ({ id, kind, count }))
  for (const alarm of raised) {
    await appendAudit(db, {
      action: 'alarm.raised',
      result: 'ok',
      object: { kind: 'alarm', id: alarm.id },
      detail: { kind, count: alarm.count },
    })
  }
  await db
    .insertInto('watched_until')
    .values({ kind, at: now })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet({ at: now }))
    .execute()
  return raised
}

/** Counts open alarms by kind. */
export async function countOpenAlarms(database: SafeguardsDatabase): Promise<Map<AlarmKind, number>> {
  const rows = await safeguardsOf(database)
    .selectFrom('alarm')
    .select((eb) => ['kind', eb.fn.countAll<string>().as('open')])
    .where('closed_at', 'is', null)
    .groupBy('kind')
    .execute()
  return new Map(rows.map(({ kind, open }) => [kind, Number(open)]))
}

/** Deletes alarms closed two years ago; their log entries stay. */
export async function endOldAlarms(database: SafeguardsDatabase): Promise<void> {
  await safeguardsOf(database)
    .deleteFrom('alarm')
    .where('closed_at', '<', sql<Temporal.Instant>`now() - interval '24 months'`)
    .execute()
}
