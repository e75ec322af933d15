// Keeps a restored database closed until what was destroyed since its backup is destroyed in it too.
// In: an owner's connection, or a role's URL. Out: a mark that stands in the database itself. Never: who may lift it.
import { Client } from 'pg'
import type { OwnConnection } from './copy.ts'
import { DatabaseFault } from './faults.ts'

export type Quarantine = { backup: string; beganAt: Temporal.Instant }

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

/** The restore that has begun in this database and has not ended; nothing where there is none. */
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

/** @throws DatabaseFault `database-quarantined` where a restore has not ended */
export async function refuseQuarantined(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined) // The query under way rejects as well.
  await client.connect()
  try {
    const query = async <Row extends object>(text: string) => (await client.query<Row>(text)).rows
    const found = await readQuarantine({ query })
    if (!found) return
    throw new DatabaseFault(
      'database-quarantined',
      `The database is being restored from the backup ${found.backup} (begun ${found.beganAt.toString()}) and stays closed until its destruction ledger has been replayed: run seloste restore again, with --ledger if the place has lost its ledger.`,
    )
  } finally {
    await client.end()
  }
}
