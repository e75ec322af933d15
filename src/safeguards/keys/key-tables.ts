import type { ColumnType, Generated } from 'kysely'
import type { Reached } from '../places/copies.ts'
import type { KeyReceipt } from './key-store.ts'

type Instant = Temporal.Instant

/** The tables of the keys (migrations/0001-spine.sql, 0015-keys.sql). */
export interface KeyTables {
  intake_key: { day: Temporal.PlainDate; public_key: string; private_destroyed_at: Instant | null }
  shard_key: { expiry_month: Temporal.PlainDate; shard: number; month_key_version: number; wrapped: Buffer }
  recording_key: { recording_id: string; expiry_month: Temporal.PlainDate; shard: number; wrapped: Buffer }
  month_key: {
    expiry_month: Temporal.PlainDate
    version: number
    state: 'making' | 'current' | 'retiring' | 'destroyed'
    made_at: Generated<Instant>
    retiring_since: Instant | null
    deadline: Instant | null
    shards: Generated<number[]>
    destroyed_at: Instant | null
    receipt: ColumnType<KeyReceipt | null, string | null, string | null>
    places: ColumnType<Pick<Reached, 'place' | 'reached'>[] | null, string | null, string | null>
  }
  file_key_end: { recording_id: string; expiry_month: Temporal.PlainDate; version: number }
  keyring_renewal: {
    id: Generated<string>
    expiry_month: Temporal.PlainDate
    shards: number[]
    begun_at: Generated<Instant>
  }
  copy_owed: { place: string; object_kind: 'recording' | 'month-key'; object: string; since: Generated<Instant> }
}
