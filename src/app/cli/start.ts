import type { Settings } from '#platform/config/settings.ts'
import { makeLog } from '#platform/log/log.ts'
import { superviseRoles } from '../roles/supervise.ts'
import { firstLinks } from './first-links.ts'
import { untilTold } from './until-told.ts'

/** Runs every role on this machine until a signal comes. */
export async function startAll(settings: Settings): Promise<void> {
  const log = makeLog({ name: 'seloste' })
  const all = await superviseRoles(settings, log)
  log.info(`web at ${all.addresses.desk}, SIP at ${all.addresses.capture}`)
  // Not into the log: whoever reads it must not become the first of a role.
  for (const line of await firstLinks(settings, all.database.adminUrl)) console.log(line)
  await untilTold(all, log)
}
