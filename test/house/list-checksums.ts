// Lists the checksum of each migration (database/migrations/checksums.json); only adds new ones, because a migration is
// never edited once it may have been applied. test/upgrades compares them.
import { existsSync, readFileSync } from 'node:fs'
import { readMigrations } from '#platform/database/migrate.ts'

const folder = 'database/migrations'
export const checksumsFile = `${folder}/checksums.json`

export async function listChecksums(): Promise<string> {
  const listed = existsSync(checksumsFile) ? readChecksums() : {}
  const checksums = Object.entries(await checksumsOfFiles()).map(([name, checksum]) => [name, listed[name] ?? checksum])
  return `${JSON.stringify(Object.fromEntries(checksums), undefined, 2)}\n`
}

export function readChecksums(): Record<string, string> {
  return JSON.parse(readFileSync(checksumsFile, 'utf8')) as Record<string, string>
}

/** Returns checksums by migration name, as {@link readMigrations} finds them; a database stores the same ones. */
export async function checksumsOfFiles(): Promise<Record<string, string>> {
  return Object.fromEntries((await readMigrations(folder)).map(({ name, checksum }) => [name, checksum]))
}
