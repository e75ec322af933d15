/**
 * What the routes work with. In: connections and settings from the desk role. Never here: keys, or a way to audio that
 * does not go through the custodian.
 */
import type { Kysely } from 'kysely'
import type { RegisterDescription } from '#description/register-description.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { CustodianClient } from '../roles/custodian-client.ts'

export interface Desk {
  db: Kysely<RegisterTables>
  custodian: CustodianClient
  description: RegisterDescription
  clock: Clock
  /** Calls back after each change to a call; returns the way to stop. */
  onCallChanged: (changed: () => void) => () => void
}
