/** Lists every present and former place of data (R18, R19), with its site in the description in force. No keys or secrets. */
import { sql, type Kysely } from 'kysely'
import type { StorageSite } from '#description/register-description.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { PlaceKind, PlaceState } from '#safeguards/places/place-tables.ts'

type Instant = Temporal.Instant

export interface ListedPlace {
  name: string
  kind: PlaceKind
  location: string
  state: PlaceState
  site: StorageSite | undefined
  firstUsedAt: Instant | undefined
  /** For a place of backups or a copy of the ledger. */
  copies:
    | {
        /** Times of the newest and the oldest backup. */
        lastAt: Instant | undefined
        oldestAt: Instant | undefined
        backups: number
        /** When the keyring was last copied. */
        keysAt: Instant | undefined
        /** Months whose keys still have to be copied. */
        keysPending: number
        /** Number of ledger entries that it has. */
        ledgerTo: number | undefined
        fault: string | undefined
        faultCode: string | undefined
      }
    | undefined
}

const placeOrder: readonly PlaceKind[] = [
  'data',
  'database',
  'objects',
  'keys',
  'tablespace',
  'replica',
  'backup',
  'ledger',
  'witness',
]

export function listPlaces(
  db: Kysely<RegisterTables>,
  session: Session,
  sites: readonly StorageSite[],
): Promise<ListedPlace[] | { refused: 'deny.role' }> {
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<{ may: boolean }>`select may_see_places() as may`.execute(tx)
    if (rows[0]?.may !== true) return { refused: 'deny.role' }
    const found = await tx.selectFrom('place_of_data').selectAll().orderBy('name').execute()
    const { rows: months } = await sql<{ place: string; months: number }>`
      select place, months::int as months from keyring_months_pending()`.execute(tx)
    const pending = new Map(months.map((row) => [row.place, row.months]))
    return found
      .sort((one, other) => placeOrder.indexOf(one.kind) - placeOrder.indexOf(other.kind))
      .map((row) => ({
        name: row.name,
        kind: row.kind,
        location: row.location,
        state: row.state,
        site: sites.find(({ id }) => id === row.site),
        firstUsedAt: row.first_used_at ?? undefined,
        copies:
          row.kind === 'backup' || row.kind === 'ledger'
            ? {
                lastAt: row.backup_last_at ?? undefined,
                oldestAt: row.backup_oldest_at ?? undefined,
                backups: row.backups,
                keysAt: row.keyring_at ?? undefined,
                keysPending: pending.get(row.id) ?? 0,
                ledgerTo: row.ledger_to ?? undefined,
                fault: row.fault ?? undefined,
                faultCode: row.fault_code ?? undefined,
              }
            : undefined,
      }))
  })
}
