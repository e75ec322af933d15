// Keeps a database closed that is being filled: by a restore, until what was destroyed since its backup is destroyed in it too; by
// a move, until all of it is there.
// In: an owner's connection, or a role's URL. Out: a mark that stands in the database itself. Never: who may lift it.
import { Client } from 'pg'
import type { OwnConnection } from './copy.ts'
import { DatabaseFault } from './faults.ts'
import { readMovedAway } from './moved-away.ts'

export type Quarantine = { backup: string; beganAt: Temporal.Instant }

/** Tables that say how it stands with this very database, and belong to none of its copies. */
export const databaseMarks = ['migration', 'applied_functions', 'restore_quarantine', 'register_moved'] as const

/** What stands in the place of a backup's id where a move fills the database. */
export function quarantineOfMove(id: string): string {
  return `${ofMove}${id}`
}
const ofMove = 'move '

/** Made before the first migration: a restore that ends in between leaves a database that does not open. */
export async function beginQuarantine(connection: OwnConnection, backup: string): Promise<void> {
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

export async function endQuarantine(connection: OwnConnection): Promise<void> {
  await connection.query('drop table if exists public.restore_quarantine')
}

/** The restore, or the move, that has begun in this database and has not ended; nothing where there is none. */
export async function readQuarantine(connection: Pick<OwnConnection, 'query'>): Promise<Quarantine | undefined> {
  const [there] = await connection.query<{ there: boolean }>(
    `select to_regclass('public.restore_quarantine') is not null as there`,
  )
  if (there?.there !== true) return undefined
  const [row] = await connection.query<{ backup: string; beganAt: string }>(
    `select backup, to_char(began_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "beganAt" from public.restore_quarantine`,
  )
  return row && { backup: row.backup, beganAt: Temporal.Instant.from(row.beganAt) }
}

/** @throws DatabaseFault `database-quarantined` where a restore or a move has not ended, `database-moved` where the register has left */
export async function refuseQuarantined(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined) // The query under way rejects as well.
  await client.connect()
  try {
    await assertOpen({ query: async <Row extends object>(text: string) => (await client.query<Row>(text)).rows })
  } finally {
    await client.end()
  }
}

/** The same over a connection that is there. */
export async function assertOpen(connection: Pick<OwnConnection, 'query'>): Promise<void> {
  const left = await readMovedAway(connection)
  if (left) {
    throw new DatabaseFault(
      'database-moved',
      `The register was moved from this database to ${left.to} (${left.at.toString()}): set DATABASE_URL to that one, and then destroy what is left here with "seloste move --destroy-old".`,
    )
  }
  const found = await readQuarantine(connection)
  if (!found) return
  if (found.backup.startsWith(ofMove)) {
    throw new DatabaseFault(
      'database-quarantined',
      `The database is being filled by "seloste move" (begun ${found.beganAt.toString()}) and stays closed until all of it is there: run that again, to its end.`,
    )
  }
  throw new DatabaseFault(
    'database-quarantined',
    `The database is being restored from the backup ${found.backup} (begun ${found.beganAt.toString()}) and stays closed until its destruction ledger has been replayed: run seloste restore again, to its end, with --ledger if the place has lost its ledger. A new register begins in another SELOSTE_DATA, or in another database.`,
  )
}
