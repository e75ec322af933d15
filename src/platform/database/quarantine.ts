// Keeps a database closed while it is being filled: after a restore until the destructions since the backup have been repeated,
// during a move until everything has been copied. The mark is in the database itself.
import type { DedicatedConnection } from './copy.ts'
import { DatabaseFault } from './faults.ts'
import { readMovedAway } from './moved-away.ts'
import { withClient } from './query-once.ts'

export type Quarantine = { backup: string; beganAt: Temporal.Instant }

/** Tables about this database itself, which are not copied. */
export const uncopiedTables = ['migration', 'applied_functions', 'restore_quarantine', 'register_moved'] as const

/** Replaces a backup's id where a move fills the database. */
export function quarantineOfMove(id: string): string {
  return `${movePrefix}${id}`
}
const movePrefix = 'move '

/**
 * Marks the database as incomplete, before the first migration: a database that an interrupted restore leaves does not open.
 * @param backup id of the backup, or {@link quarantineOfMove} of the move
 */
export async function beginQuarantine(connection: DedicatedConnection, backup: string): Promise<void> {
  await connection.query(`
    create table if not exists public.restore_quarantine (
      only_one boolean primary key default true check (only_one),
      backup text not null,
      began_at timestamptz not null default clock_timestamp()
    )`)
  await connection.query('grant select on public.restore_quarantine to public')
  await connection.query(
    'insert into public.restore_quarantine (backup) values ($1) on conflict (only_one) do update set backup = excluded.backup',
    [backup],
  )
}

export async function endQuarantine(connection: DedicatedConnection): Promise<void> {
  await connection.query('drop table if exists public.restore_quarantine')
}

/** Returns the unfinished restore or move of this database. */
export async function readQuarantine(connection: Pick<DedicatedConnection, 'query'>): Promise<Quarantine | undefined> {
  const [table] = await connection.query<{ exists: boolean }>(
    `select to_regclass('public.restore_quarantine') is not null as exists`,
  )
  if (table?.exists !== true) return undefined
  const [row] = await connection.query<{ backup: string; beganAt: string }>(
    `select backup, to_char(began_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "beganAt" from public.restore_quarantine`,
  )
  return row && { backup: row.backup, beganAt: Temporal.Instant.from(row.beganAt) }
}

/**
 * Refuses a closed database.
 * @throws DatabaseFault `database-quarantined` if a restore or a move is unfinished, `database-moved` if the register has moved
 */
export async function refuseQuarantined(url: string): Promise<void> {
  await withClient(url, (client) =>
    assertUsable({ query: async <Row extends object>(text: string) => (await client.query<Row>(text)).rows }),
  )
}

/** Like refuseQuarantined, over an existing connection. */
export async function assertUsable(connection: Pick<DedicatedConnection, 'query'>): Promise<void> {
  const moved = await readMovedAway(connection)
  if (moved) {
    throw new DatabaseFault(
      'database-moved',
      `The register was moved from this database to ${moved.to} (${moved.at.toString()}): set DATABASE_URL to the new one, then destroy the data left here with "seloste move --destroy-old".`,
    )
  }
  const found = await readQuarantine(connection)
  if (!found) return
  if (found.backup.startsWith(movePrefix)) {
    throw new DatabaseFault(
      'database-quarantined',
      `The database is the target of a "seloste move" (started ${found.beganAt.toString()}) and stays closed until all data are copied: run "seloste move" again until it completes.`,
    )
  }
  throw new DatabaseFault(
    'database-quarantined',
    `The database is being restored from the backup ${found.backup} (begun ${found.beganAt.toString()}) and stays closed until its destruction ledger has been replayed: run seloste restore again until it completes, with --ledger if the place has lost its ledger. To start a new register, use another SELOSTE_DATA or another database.`,
  )
}
