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
import type { RoleName } from './role.ts'

export interface ReadyDatabase {
  /** Owner of the schema: for people and rights from the command line, and for migrations. */
  adminUrl: string
  roleUrls: Record<RoleName, string>
  stop: () => Promise<void>
}

const migrations = fileURLToPath(new URL('../../../migrations', import.meta.url))
const databaseRoles: Record<Exclude<RoleName, 'feeds'>, string> = {
  custodian: 'seloste_custodian',
  capture: 'seloste_capture',
  desk: 'seloste_desk',
}

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
  const applied = await migrate(adminUrl, migrations)
  await installFirstDescription(adminUrl, settings.descriptionFile ?? seedDescriptionFile, log)
  if (applied.length > 0) log.info(`the database is at ${applied.at(-1) ?? ''}`)
  const passwords = Object.fromEntries(
    Object.entries(databaseRoles).map(([name, role]) => [
      name,
      { role, password: randomBytes(24).toString('base64url') },
    ]),
  ) as Record<keyof typeof databaseRoles, { role: string; password: string }>
  await setRolePasswords(
    adminUrl,
    Object.fromEntries(Object.values(passwords).map(({ role, password }) => [role, password])),
  )
  const urlFor = (name: keyof typeof databaseRoles) =>
    withCredentials(adminUrl, passwords[name].role, passwords[name].password)
  return {
    adminUrl,
    roleUrls: {
      custodian: urlFor('custodian'),
      capture: urlFor('capture'),
      desk: urlFor('desk'),
      feeds: urlFor('capture'),
    },
    stop: async () => embedded?.stop(),
  }
}

/** A new installation begins with the description in the file; one that has a description keeps it. */
async function installFirstDescription(adminUrl: string, path: string, log: Log): Promise<void> {
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
  return url.replace(/^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?/, `$1${user}:${password}@`)
}
