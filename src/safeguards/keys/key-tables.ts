import type { ColumnType, Generated } from 'kysely'
import type { Reached } from '../places/copies.ts'
import type { KeyReceipt } from './key-store.ts'

type Instant = Temporal.Instant

/** Tables of keys (database/schema.sql). */
export interface KeyTables {
  intake_key: { day: Temporal.PlainDate; public_key: string; private_destroyed_at: Instant | null }
  intake_version: {
    version: number
    state: 'making' | 'current' | 'retiring' | 'destroyed'
    made_at: Generated<Instant>
    destroyed_at: Instant | null
    receipt: ColumnType<KeyReceipt | null, string | null, string | null>
  }
  intake_batch: {
    id: Generated<string>
    made_at: Generated<Instant>
    taken_at: Instant | null
    taken_by: string | null
    public_keys: string[]
  }
  /** The private keys of a batch are encrypted with `wrapped`, which is encrypted with a version of the intake key. */
  intake_batch_key: { batch: string; version: number; wrapped: Buffer }
  intake_private_key: { public_key: string; batch: string; wrapped: Buffer }
  /** Deleted private intake keys: unrecoverable once this version, under which they were stored, is destroyed. */
  intake_key_end: { public_key: string; batch: string; version: number }
  /** Rows to lock (key-locks.ts). */
  key_lock: { name: string }
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
  /** Deleted file keys: unrecoverable once this version of the month key, under which they were stored, is destroyed. */
  file_key_end: { recording_id: string; expiry_month: Temporal.PlainDate; version: number }
  /** Shards whose keys are being written anew to every backup place. */
  keyring_renewal: {
    id: Generated<string>
    expiry_month: Temporal.PlainDate
    shards: number[]
    begun_at: Generated<Instant>
  }
  /** Deletions still to be repeated in a place that was unreachable (retry-replica-deletes.ts). */
  copy_owed: { place: string; object_kind: 'recording' | 'month-key'; object: string; since: Generated<Instant> }
}
