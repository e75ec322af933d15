import type { SavedCalls } from '#capture/session/recovery/saved-calls.ts'
import type { Settings } from '#platform/config/settings.ts'
import { assertSignedInAs } from '#platform/database/assert-signed-in-as.ts'
import { DatabaseFault } from '#platform/database/faults.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { signInAs } from '#platform/database/sign-in-as.ts'
import { Fault } from '#platform/fault.ts'
import type { Log } from '#platform/log/log.ts'
import { databaseRoles, type RoleName } from '../roles/role.ts'
import { runRole } from '../roles/run-role.ts'
import { version } from './version.ts'

/** Runs one role. Its database URL comes from the supervisor, or from DATABASE_URL for roles on several machines. */
export async function startOne(
  name: RoleName,
  settings: Settings,
  log: Log,
  savedCalls: SavedCalls | undefined,
): Promise<void> {
  const databaseRole = databaseRoles[name]
  const url =
    process.env['SELOSTE_ROLE_DATABASE_URL'] ?? (settings.databaseUrl && signInAs(settings.databaseUrl, databaseRole))
  if (url === undefined) {
    throw new Fault(
      'setting-wrong',
      `DATABASE_URL is not set; a role that runs alone needs it, to connect as the database role ${databaseRole}`,
    )
  }
  try {
    await assertSignedInAs(url, databaseRole)
    await refuseQuarantined(url)
  } catch (error) {
    // Capture can start without a database, with the description and directory it last read; its database role is checked later.
    if (name !== 'capture' || error instanceof DatabaseFault) throw error
    log.warn({ err: error }, 'the database does not answer; capture starts with the data it had before')
  }
  await runRole(name, url, { settings, log, version, savedCalls })
}
