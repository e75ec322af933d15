import { sql } from 'kysely'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

/** Backlogs: data past their term, and recordings that capture has stored and the custodian has not ingested. */
export interface Waiting {
  /** Recordings and contacts past their term that still exist, without those kept by an order or an open case. */
  overdue: { recordings: number; contacts: number }
  /** Recordings stored by capture and not ingested, with the time since the end of the oldest one's call. */
  unsealed: { recordings: number; oldestSeconds: number }
  /** Recordings not ingested because ingestion failed. */
  failed: number
}

/** Counts the backlogs. Runs as the custodian. The register's own clock decides what is past its term (R23, R24). */
export async function countWaiting(db: SafeguardsDatabase): Promise<Waiting> {
  const { rows } = await sql<{
    recordings: number
    contacts: number
    unsealed: number
    failed: number
    oldest: number | null
  }>`
    select
      (select count(*)::float8 from recording r
        where r.destroy_at < register_now() and r.state in ('CAPTURING', 'STORED', 'QUARANTINED')
          and recording_end_decision(r) ->> 'act' = 'destroy') as recordings,
      (select count(*)::float8 from contact c
        where c.history_ends_at < register_now() and not history_is_held(c.id)) as contacts,
      count(*)::float8 as unsealed,
      (count(*) filter (where keeping_fault is not null))::float8 as failed,
      extract(epoch from clock_timestamp() - min(stored.ended_at))::float8 as oldest
    from (
      select coalesce(call_ended_at, started_at) as ended_at, keeping_fault from recording
      where state = 'STORED' and kept_at is null and destroy_at is not null
        and keeping_fault is distinct from 'not-in-backup'
    ) stored`.execute(db)
  const { recordings, contacts, unsealed, failed, oldest } = rows[0]!
  return {
    overdue: { recordings, contacts },
    unsealed: { recordings: unsealed, oldestSeconds: Math.max(0, oldest ?? 0) },
    failed,
  }
}
