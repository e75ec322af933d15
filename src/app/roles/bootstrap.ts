import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seedDescriptionFile } from '#description/read-description.ts'
import type { Settings } from '#platform/config/settings.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { Log } from '#platform/log/log.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { databaseRoles, roleNames, type RoleName } from './role.ts'

export interface ReadyDatabase {
  /** Owner of the schema: for people and rights from the command line, and for migrations. */
  adminUrl: string
  roleUrls: Record<RoleName, string>
  stop: () => Promise<void>
}

const migrations = fileURLToPath(new URL('../../../migrations', import.meta.url))

/**
 * Makes the database ready: the embedded one unless DATABASE_URL names another, its schema brought up to date, and a
 * fresh password for each kind of process. `onLost` is called when the embedded database ends by itself.
 */
export async function readyDatabase(
  settings: Settings,
  log: Log,
  onLost: (error: Error) => void,
): Promise<ReadyDatabase> {
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

/** Brings the schema up to date, and gives a new installation its description. @param adminUrl its owner's */
export async function prepareDatabase(
  adminUrl: string,
  { descriptionFile }: Pick<Settings, 'descriptionFile'>,
  log: Pick<Log, 'info'>,
): Promise<void> {
  const applied = await migrate(adminUrl, migrations)
  await installFirstDescription(adminUrl, descriptionFile ?? seedDescriptionFile, log)
  if (applied.length > 0) log.info(`the database is at ${applied.at(-1) ?? ''}`)
}

/** A new password for each role of the database; @returns how each kind of process signs in with it */
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

/** A new installation begins with the description in the file; one that has a description keeps it. */
async function installFirstDescription(adminUrl: string, path: string, log: Pick<Log, 'info'>): Promise<void> {
  const { db, close } = connectDatabase({
    url: adminUrl,
    applicationName: 'seloste-bootstrap',
    size: 1,
    onIdleError: () => undefined,
  })
  try {
    const done = await installDescription(db, await readFile(path, 'utf8'), path)
    if (done === 'installed') log.info(`begins with the register description ${path}`)
  } finally {
    await close()
  }
}

function withCredentials(url: string, user: string, password: string): string {
  const named = url.replace(/([?&])user=[^&]*&?/, '$1').replace(/[?&]$/, '')
  return named.replace(/^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?/, `$1${user}:${password}@`)
}
