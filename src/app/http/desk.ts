/**
 * Context of the routes: connections and settings of the desk role. It has no keys, and reads audio only through the
 * custodian.
 */
import type { Kysely } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { FlowReader } from '../capture/call-flow-requests.ts'
import type { CustodianClient } from '../custodian/custodian-client.ts'
import type { Health } from '../roles/read-health.ts'
import type { Versions } from '../roles/follow-versions.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { askingOf } from '#use/requests/offered-requests.ts'
import type { ReadRateLimit } from './read-rate-limit.ts'

export interface Desk {
  db: Kysely<RegisterTables>
  custodian: CustodianClient
  versions: Versions
  clock: Clock
  signInConfig: ConfiguredSignInMethods
  /** Call flows from capture. */
  flows: FlowReader
  /** Returns the health of all roles within two seconds. */
  health: () => Promise<Health>
  /** SIP URIs of capture by the settings, shown among the steps of a new installation. */
  sip: readonly string[]
  /** Rate limit of views. */
  readRateLimit: ReadRateLimit
  /** Calls `changed` after each change of a call. Returns a function to stop. */
  onCallChanged: (changed: () => void) => () => void
}

/** Configured sign-in methods other than passwords. */
export interface ConfiguredSignInMethods {
  /** Origin of passkeys; if undefined, passkeys are disabled. */
  publicUrl?: string | undefined
  /** Name of the identity provider, if there is one. */
  identityProvider?: { name: string } | undefined
  /** Name of the provider where requesters identify, if there is one. */
  requesterIdentity?: { name: string } | undefined
}

/** Returns true if requesters identify at home and fetch answers there: by the description in force, and with a provider. */
export function offersIdentification(desk: Desk): boolean {
  return desk.signInConfig.requesterIdentity !== undefined && askingOf(describedNow(desk)) === 'identified'
}

/** Returns the description in force. */
export function describedNow(desk: Desk): RegisterDescription {
  return desk.versions.at(desk.clock.now()).description
}
