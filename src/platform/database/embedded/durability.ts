// Checks PostgreSQL's durability: an acknowledged commit survives a power loss, and a flipped bit on disk is detected.
import type { Client } from 'pg'
import { DatabaseFault } from '../faults.ts'

/** `synchronous_commit` has stronger values than `on` (with replicas); `local` and `off` are weaker. */
const requiredSettings: Record<string, readonly string[]> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'remote_apply'],
  data_checksums: ['on'],
}

/**
 * Refuses a server that may lose acknowledged commits, for everybody or for one role or database.
 * @throws DatabaseFault `database-unsafe`
 */
export async function assertDurable(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [Object.keys(requiredSettings)],
  )
  const found = new Map(rows.map((row) => [row.name, row.setting]))
  for (const [name, allowed] of Object.entries(requiredSettings)) {
    const setting = found.get(name) ?? 'unknown'
    if (!allowed.includes(setting)) throw unsafe(name, setting)
  }
  const overrides = await client.query<{ entry: string }>(`select unnest(setconfig) as entry from pg_db_role_setting`)
  for (const { entry } of overrides.rows) {
    const [name = '', setting = ''] = entry.split('=')
    const allowed = requiredSettings[name]
    if (allowed && !allowed.includes(setting)) throw unsafe(`${name} of a role or database`, setting)
  }
}

function unsafe(name: string, setting: string): DatabaseFault {
  return new DatabaseFault(
    'database-unsafe',
    `PostgreSQL runs with ${name} = ${setting}: acknowledged commits could be lost or damaged. Set it to "on".`,
  )
}
