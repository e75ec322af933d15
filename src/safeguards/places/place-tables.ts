import type { Generated } from 'kysely'

type Instant = Temporal.Instant

export type PlaceKind =
  'data' | 'database' | 'objects' | 'keys' | 'tablespace' | 'replica' | 'backup' | 'ledger' | 'witness'
export type PlaceState = 'in-use' | 'attestation-over' | 'refused' | 'unreachable' | 'left'

/** Tables of the places of data (database/schema.sql). */
export interface PlaceTables {
  place_of_data: {
    id: Generated<string>
    name: string
    kind: PlaceKind
    location: string
    state: PlaceState
    site: string | null
    first_used_at: Instant | null
    attested_until: Temporal.PlainDate | null
    reached_at: Instant | null
    fault: string | null
    fault_code: string | null
    fault_since: Instant | null
    /** Recovery key to which the keyring there is sealed. */
    recipient: string | null
    /** False if the whole keyring must be written again. */
    keyring_whole: Generated<boolean>
    keyring_at: Instant | null
    /** Number of the last ledger entry there. */
    ledger_to: number | null
    /** Number of backups there. */
    backups: Generated<number>
    backup_oldest_at: Instant | null
    backup_last_at: Instant | null
  }
  /** Changes of keys that a place does not have yet; a negative shard means only the file of the month. */
  keyring_change: { id: Generated<number>; place: string; expiry_month: Temporal.PlainDate; shard: number }
}
