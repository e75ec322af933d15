// Marks a database whose register has moved to another one: no Seloste opens it again.
import type { DedicatedConnection } from './copy.ts'

export interface MovedAway {
  /** Id of the move, as in the other database's quarantine. */
  id: string
  /** The new database as shown to people, without a password. */
  to: string
  at: Temporal.Instant
}

/** Marks the database. Call it in the transaction in which nobody else can write, so that the other database has everything. */
export async function markMovedAway(connection: DedicatedConnection, id: string, to: string): Promise<void> {
  await connection.query(`
    create table public.register_moved (
      only_one boolean primary key default true check (only_one),
      id text not null,
      moved_to text not null,
      at timestamptz not null default clock_timestamp()
    )`)
  await connection.query('grant select on public.register_moved to public')
  await connection.query('insert into public.register_moved (id, moved_to) values ($1, $2)', [id, to])
  // A role that was started before the mark can write nothing here either; capture keeps its facts in the spool.
  await connection.query(`do $$ begin
    execute format('alter database %I set default_transaction_read_only = on', current_database());
  exception when insufficient_privilege then null; end $$`)
}

/** Formats a database's address for people, without user and password. */
export function describeDatabase(text: string): string {
  const url = new URL(text)
  const host = url.searchParams.get('host') ?? url.host
  return `postgres://${host}${url.pathname}`
}

export async function readMovedAway(connection: Pick<DedicatedConnection, 'query'>): Promise<MovedAway | undefined> {
  const [table] = await connection.query<{ exists: boolean }>(
    `select to_regclass('public.register_moved') is not null as exists`,
  )
  if (table?.exists !== true) return undefined
  const [row] = await connection.query<{ id: string; to: string; at: string }>(
    `select id, moved_to as "to", to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at from public.register_moved`,
  )
  return row && { ...row, at: Temporal.Instant.from(row.at) }
}
