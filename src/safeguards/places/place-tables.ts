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
    recipient: string | null
    keyring_whole: Generated<boolean>
    keyring_at: Instant | null
    ledger_to: number | null
    backups: Generated<number>
    backup_oldest_at: Instant | null
    backup_last_at: Instant | null
  }
  keyring_change: { id: Generated<number>; place: string; expiry_month: Temporal.PlainDate; shard: number }
}
