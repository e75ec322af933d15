import type { HeldCalls } from '#capture/session/hold-calls.ts'
import type { Settings } from '#platform/config/settings.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { Fault } from '#platform/fault.ts'
import type { Log } from '#platform/log/log.ts'
import type { RoleName } from '../roles/role.ts'
import { runRole } from '../roles/run-role.ts'
import { version } from './version.ts'

/** Runs one role. Its database URL comes from the supervisor, or from DATABASE_URL where roles run on several machines. */
export async function startOne(
  name: RoleName,
  settings: Settings,
  log: Log,
  heldCalls: HeldCalls | undefined,
): Promise<void> {
  const url = process.env['SELOSTE_ROLE_DATABASE_URL'] ?? settings.databaseUrl
  if (url === undefined) {
    throw new Fault(
      'setting-wrong',
      `DATABASE_URL is not set; a role that runs alone needs it, signing in as the database role seloste_${name === 'feeds' ? 'capture' : name}`,
    )
  }
  await refuseQuarantined(url)
  await runRole(name, url, { settings, log, version, heldCalls })
}
