// The checksum of each migration, which is never edited once it may have been applied.
// In: database/migrations/. Out: the text of database/migrations/checksums.json, with what is new. Never: another checksum for a
// name that is there; test/upgrades compares them.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'

const folder = 'database/migrations'
export const checksumsFile = `${folder}/checksums.json`

export function listChecksums(): string {
  const listed = existsSync(checksumsFile) ? readChecksums() : {}
  const checksums = Object.entries(checksumsOfFiles()).map(([name, checksum]) => [name, listed[name] ?? checksum])
  return `${JSON.stringify(Object.fromEntries(checksums), undefined, 2)}\n`
}

export function readChecksums(): Record<string, string> {
  return JSON.parse(readFileSync(checksumsFile, 'utf8')) as Record<string, string>
}

export function checksumsOfFiles(): Record<string, string> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(`${folder}/${name}`))
        .digest('hex'),
    ]),
  )
}
