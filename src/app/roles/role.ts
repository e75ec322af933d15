import type { SavedCalls } from '#capture/session/recovery/saved-calls.ts'
import type { Settings } from '#platform/config/settings.ts'
import type { Log } from '#platform/log/log.ts'

/** Feeds run only if SELOSTE_FEEDS is set, with capture's database role. */
export const roleNames = ['custodian', 'capture', 'desk', 'feeds'] as const
export type RoleName = (typeof roleNames)[number]

/** Database role of each role (database/migrations). */
export const databaseRoles = {
  custodian: 'seloste_custodian',
  capture: 'seloste_capture',
  desk: 'seloste_desk',
  feeds: 'seloste_capture',
} as const satisfies Record<RoleName, string>

/** Context of a role at its start. */
export interface RoleContext {
  settings: Settings
  log: Log
  /** URL with the database role of this process. */
  databaseUrl: string
  version: string
  /** For capture: calls of the previous process to resume, with their ports already open. */
  savedCalls?: SavedCalls | undefined
}

export interface RunningRole {
  /** Address to print for people. */
  address: string
  /** Resolves when capture has drained; undefined for other roles. */
  done?: Promise<void>
  stop: () => Promise<void>
}

/** Starts a role; resolves once it is ready. */
export type Role = (context: RoleContext) => Promise<RunningRole>
