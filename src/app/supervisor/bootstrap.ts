import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { queryOnce } from '#platform/database/query-once.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { Log } from '#platform/log/log.ts'
import { databaseRoles, roleNames, type RoleName } from '../roles/role.ts'

export interface RunningDatabase {
  /** URL of the schema's owner, for migrations and for command-line commands about people and rights. */
  adminUrl: string
  roleUrls: Record<RoleName, string>
  stop: () => Promise<void>
}

/**
 * Starts the embedded database unless DATABASE_URL is set. Migrates the schema, and sets a new password for each database
 * role. Calls `onLost` if the embedded database exits unexpectedly.
 */
export async function startDatabase(
  settings: Settings,
  log: Log,
  onLost: (error: Error) => void,
): Promise<RunningDatabase> {
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o700 })
  const embedded =
    settings.databaseUrl === undefined
      ? await startEmbeddedPostgres({
          dataDirectory: join(settings.dataDirectory, 'database'),
          log: { info: (message) => log.info(message), warn: (message) => log.warn(message) },
          onUnexpectedEnd: onLost,
        })
      : undefined
  const adminUrl = settings.databaseUrl ?? embedded?.adminUrl() ?? ''
  await refuseQuarantined(adminUrl).catch(async (error: unknown) => {
    await embedded?.stop()
    throw error
  })
  await prepareDatabase(adminUrl, settings, log)
  return { adminUrl, roleUrls: await renewRolePasswords(adminUrl), stop: async () => embedded?.stop() }
}

/**
 * Migrates the schema, and gives a new installation its description.
 * @param adminUrl URL of the schema's owner
 */
export async function prepareDatabase(
  adminUrl: string,
  { descriptionFile }: Pick<Settings, 'descriptionFile'>,
  log: Pick<Log, 'info'>,
): Promise<void> {
  const applied = await migrate(adminUrl)
  await installFirstDescription(adminUrl, descriptionFile, log)
  if (applied.length > 0) log.info(`applied to the schema: ${applied.join(', ')}`)
}

/**
 * Sets a new password for each database role.
 * @returns the database URL of each role
 */
export async function renewRolePasswords(adminUrl: string): Promise<Record<RoleName, string>> {
  const passwords = new Map<string, string>()
  for (const role of Object.values(databaseRoles)) passwords.set(role, randomBytes(24).toString('base64url'))
  await setRolePasswords(adminUrl, Object.fromEntries(passwords))
  const urls = roleNames.map((name) => {
    const role = databaseRoles[name]
    return [name, withCredentials(adminUrl, role, passwords.get(role) ?? '')]
  })
  return Object.fromEntries(urls) as Record<RoleName, string>
}

/**
 * Installs the description in the file if the register has none. Loads that code on demand, because the supervisor runs for a
 * long time and the parser is large.
 */
async function installFirstDescription(
  adminUrl: string,
  path: string | undefined,
  log: Pick<Log, 'info'>,
): Promise<void> {
  if ((await queryOnce(adminUrl, 'select from description_version limit 1')).length > 0) return
  const { installFirst } = await import('./install-first.ts')
  await installFirst(adminUrl, log, path)
}

function withCredentials(url: string, user: string, password: string): string {
  const withoutUser = url.replace(/([?&])user=[^&]*&?/, '$1').replace(/[?&]$/, '')
  return withoutUser.replace(/^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?/, `$1${user}:${password}@`)
}
