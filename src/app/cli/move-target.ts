/** Source and target of a move, from the present settings and the file of `--to`. */
import { join, resolve } from 'node:path'
import { readConfigFile } from '#platform/config/config-file.ts'
import { describePlace } from '#platform/config/places.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { Fault } from '#platform/fault.ts'
import type { RegisterTables } from '#register/tables.ts'
import { newestCheckpoint } from '#safeguards/audit/stored-tree.ts'

const movable = ['DATABASE_URL', 'OBJECTS_URL', 'SELOSTE_SITES'] as const

export interface Target {
  /** Settings in the file. */
  environment: Record<string, string>
  settings: Settings
  database: string | undefined
  hasObjects: boolean
}

export function readTarget(settings: Settings, file: string): Target {
  const given = readConfigFile(resolve(file), movable)
  if (!given) throw new Fault('argument-wrong', `--to: the file ${file} does not exist`)
  const environment = Object.fromEntries(given)
  const [database, hasObjects] = [environment['DATABASE_URL'], environment['OBJECTS_URL'] !== undefined]
  if (database === undefined && !hasObjects)
    throw new Fault('argument-wrong', `${file} sets neither DATABASE_URL nor OBJECTS_URL`)
  const next = readSettings({ ...process.env, ...environment }, process.cwd())
  if (hasObjects && describePlace({ at: next.objects }) === describePlace({ at: settings.objects })) {
    throw new Fault('argument-wrong', `the objects are already in ${describePlace({ at: next.objects })}`)
  }
  return { environment, settings: next, database, hasObjects }
}

/** Opens the present database: that of the running Seloste, or one started only for the move. */
export async function openSource(
  settings: Settings,
  isRunning: boolean,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const stop = () => Promise.resolve()
  if (settings.databaseUrl !== undefined) return { url: settings.databaseUrl, stop }
  const dataDirectory = join(settings.dataDirectory, 'database')
  const running = await findEmbeddedPostgres(dataDirectory)
  if (running) return { url: running.adminUrl(), stop }
  if (isRunning) {
    throw new Fault(
      'database-not-running',
      'the database of the running Seloste does not answer; if its log says that the register resumed where it was moved to, use the new settings',
    )
  }
  const log = { info: () => undefined, warn: console.error }
  const started = await startEmbeddedPostgres({ dataDirectory, log })
  return { url: started.adminUrl(), stop: started.stop }
}

export function openDatabase(url: string) {
  return connectDatabase<RegisterTables>({
    url,
    applicationName: 'seloste-move',
    size: 1,
    onIdleError: () => undefined,
  })
}

/**
 * Returns the audit log's origin, which marks a store that is being filled.
 * @throws Fault `audit-log-unsigned`
 */
export async function originOf(databaseUrl: string): Promise<string> {
  const { db, close } = openDatabase(databaseUrl)
  const note = await newestCheckpoint(db).finally(close)
  const [origin = ''] = (note?.note ?? '').split('\n')
  if (origin === '') throw new Fault('audit-log-unsigned', 'the audit log has not been signed yet; start Seloste first')
  return origin
}
