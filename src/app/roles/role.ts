import type { SavedCalls } from '#capture/session/recovery/saved-calls.ts'
import type { Settings } from '#platform/config/settings.ts'
import type { Log } from '#platform/log/log.ts'

/** Feeds run only where there are some (SELOSTE_FEEDS), and sign in to the database as capture does. */
export const roleNames = ['custodian', 'capture', 'desk', 'feeds'] as const
export type RoleName = (typeof roleNames)[number]

/** As whom each signs in to the database (database/migrations). */
export const databaseRoles = {
  custodian: 'seloste_custodian',
  capture: 'seloste_capture',
  desk: 'seloste_desk',
  feeds: 'seloste_capture',
} as const satisfies Record<RoleName, string>

/** What a role is given when it starts. */
export interface RoleContext {
  settings: Settings
  log: Log
  /** Signs in as the database role of this kind of process. */
  databaseUrl: string
  version: string
  /** Of capture: calls that go on, whose ports are open already. */
  heldCalls?: SavedCalls | undefined
}

export interface RunningRole {
  /** Where it listens, for people. */
  address: string
  /** Resolves when it has nothing left to do and is to end by itself; without it, it never does. */
  done?: Promise<void>
  stop: () => Promise<void>
}

/** One kind of process; resolves once it does its work. */
export type Role = (context: RoleContext) => Promise<RunningRole>
