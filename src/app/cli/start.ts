import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { Fault } from '#platform/fault.ts'
import type { Settings } from '#platform/config/settings.ts'
import { makeLog, type Log } from '#platform/log/log.ts'
import { superviseRoles } from '../roles/supervise.ts'
import { runRole } from '../roles/run-role.ts'
import type { RoleName } from '../roles/role.ts'
import { firstLinks } from './first-links.ts'
import { untilTold } from './until-told.ts'
import { version } from './version.ts'

/** Runs every role on this machine until a signal comes. */
export async function startAll(settings: Settings): Promise<void> {
  const log = makeLog({ name: 'seloste' })
  const all = await superviseRoles(settings, log)
  log.info(`web at ${all.addresses.desk}, SIP at ${all.addresses.capture}`)
  // Not into the log: whoever reads it must not become the first of a role.
  for (const line of await firstLinks(settings, all.database.adminUrl)) console.log(line)
  await untilTold(all, log)
}

/** Runs one role. Its database URL comes from the supervisor, or from DATABASE_URL where roles run on several machines. */
export async function startOne(name: RoleName, settings: Settings, log: Log): Promise<void> {
  const url = process.env['SELOSTE_ROLE_DATABASE_URL'] ?? settings.databaseUrl
  if (url === undefined) {
    throw new Fault(
      'setting-wrong',
      `DATABASE_URL is not set; a role that runs alone needs it, signing in as the database role seloste_${name === 'feeds' ? 'capture' : name}`,
    )
  }
  await refuseQuarantined(url)
  await runRole(name, url, { settings, log, version })
}
