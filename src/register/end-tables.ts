/** What ends a recording out of turn, as the custodian sees it (migrations/0017-ends.sql). */
import type { ColumnType } from 'kysely'

type Instant = Temporal.Instant

export interface EndTables {
  prohibition: {
    id: ColumnType<string, never, never>
    recording_id: ColumnType<string, never, never>
    party: ColumnType<'CALLER' | 'OFFICIAL', never, never>
    received_at: ColumnType<Instant, never, never>
    executed_at: ColumnType<Instant | null, never, never>
  }
}
