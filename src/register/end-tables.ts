/** Tables of destructions outside the regular sweep, for the custodian (database/functions/destruction/recordings.sql). */
import type { ColumnType, Generated } from 'kysely'

type Instant = Temporal.Instant

export interface EndTables {
  prohibition: {
    id: ColumnType<string, never, never>
    recording_id: ColumnType<string, never, never>
    party: ColumnType<'CALLER' | 'OFFICIAL', never, never>
    received_at: ColumnType<Instant, never, never>
    executed_at: ColumnType<Instant | null, never, never>
  }
  /** Disclosed copies; a prohibition recalls them. */
  disclosed_copy: {
    id: Generated<string>
    disclosure: string
    recipient: string
    item: number
    /** Null once the recipient has confirmed. */
    recording_id: string | null
    state: Generated<'RELEASED' | 'RECALLED' | 'CONFIRMED'>
    recalled_at: Instant | null
    due_at: Instant | null
    confirmed_at: Instant | null
    outcome: 'destroyed' | 'returned' | null
  }
}
