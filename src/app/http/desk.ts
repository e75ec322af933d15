/**
 * What the routes work with. In: connections and settings from the desk role. Never here: keys, or a way to audio that
 * does not go through the custodian.
 */
import type { Kysely } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { FlowReader } from '../capture/call-flow-questions.ts'
import type { CustodianClient } from '../custodian/custodian-client.ts'
import type { Health } from '../roles/read-health.ts'
import type { Versions } from '../roles/follow-versions.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { ReadRateLimit } from './read-rate-limit.ts'

export interface Desk {
  db: Kysely<RegisterTables>
  custodian: CustodianClient
  versions: Versions
  clock: Clock
  ways: WaysToSignIn
  /** How calls were signalled, as capture remembers it. */
  flows: FlowReader
  /** How the whole is, within two seconds. */
  health: () => Promise<Health>
  /** Slows down looks in a mass. */
  pace: ReadRateLimit
  /** Calls back after each change to a call; returns the way to stop. */
  onCallChanged: (changed: () => void) => () => void
}

/** Ways to sign in beside a password, as the operator has set them. */
export interface WaysToSignIn {
  /** The origin that passkeys are bound to; without it there are none. */
  publicUrl?: string | undefined
  /** What people call the identity provider; nothing without one. */
  identityProvider?: { name: string } | undefined
}

/** The description in force now. */
export function describedNow(desk: Desk): RegisterDescription {
  return desk.versions.at(desk.clock.now()).description
}
