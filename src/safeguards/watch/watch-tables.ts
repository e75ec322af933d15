import type { ColumnType } from 'kysely'
import type { AlarmKind } from './thresholds.ts'

type Instant = Temporal.Instant

/** Tables of alarms, and of the time up to which the log was scanned for each kind (database/schema.sql). */
export interface WatchTables {
  alarm: {
    id: ColumnType<string, never, never>
    kind: AlarmKind
    person_id: string | null
    /** The official or person concerned. */
    object_id: string | null
    count: number
    facts: ColumnType<Record<string, unknown>, string, string>
    threshold: ColumnType<Record<string, unknown>, string, string>
    first_at: Instant
    last_at: Instant
    raised_at: ColumnType<Instant, never, never>
    seen_at: ColumnType<Instant | null, never, never>
    closed_at: ColumnType<Instant | null, never, never>
    closed_by: ColumnType<string | null, never, never>
    note: ColumnType<string | null, never, never>
  }
  watched_until: { kind: string; at: Instant }
}
