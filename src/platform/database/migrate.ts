// Brings a database to the program's schema: applies migrations/NNNN-name.sql forward only, then functions/. An applied
// migration is never edited.
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { applyFunctions, areFunctionsCurrent } from './apply-functions.ts'
import { DatabaseFault, describeStatementError } from './faults.ts'
import { withClient } from './query-once.ts'
import { schemaFolder } from './schema-folder.ts'

interface Applied {
  number: number
  name: string
  checksum: string
}
interface Migration extends Applied {
  statements: string
  /** The migrations that a baseline replaces; it adopts a database that has them. */
  replaces: readonly Applied[]
}

interface Options {
  folder?: string
  /** Last number to apply, when a backup of an older schema is restored. */
  upTo?: number
}

/** Key of the advisory lock that keeps two starts from migrating at once. */
const migrationLock = 7_358_630_111

/**
 * Applies the missing migrations in order, each in a transaction with its row in table `migration`; then functions/ and
 * server-rights.sql, if no migration is left.
 * @param url of a role that owns the schema
 * @returns the file names applied now, `functions` for functions/
 * @throws DatabaseFault `migration-misnamed`, `migration-changed`, `migration-unknown`, `migration-failed`,
 * `migration-too-old`, `functions-failed`
 */
export async function migrate(
  url: string,
  { folder = schemaFolder, upTo = Infinity }: Options = {},
): Promise<string[]> {
  const all = await readMigrations(join(folder, 'migrations'))
  return withClient(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await client.query(`
      create table if not exists migration (
        number integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default clock_timestamp()
      )`)
    const { rows } = await client.query<Applied>('select number, name, checksum from migration order by number')
    const waiting = compare(all, rows)
    const now = waiting.filter((migration) => firstNumber(migration) <= upTo)
    for (const migration of now) await apply(client, migration, rows, upTo)
    await closeToTemporaryTables(client)
    const applied = now.map(({ name }) => name)
    if (now.length < waiting.length) return applied
    const areNew = await applyFunctions(client, join(folder, 'functions'))
    await client.query(await readFile(join(folder, 'server-rights.sql'), 'utf8'))
    return areNew ? [...applied, 'functions'] : applied
  })
}

/** Changes that a start of this program would make in a database. */
export interface MigrationPlan {
  /** Last migration that the database has; undefined for a new database. */
  at: string | undefined
  /** Migrations that would be applied, in order. */
  waiting: string[]
  /** Functions, views and policies would be installed anew. */
  areFunctionsNew: boolean
}

/**
 * Returns what `migrate` would do, without changing anything.
 * @throws DatabaseFault `migration-misnamed`, `migration-changed`, `migration-unknown`, `migration-too-old`
 */
export async function planMigration(url: string, folder: string = schemaFolder): Promise<MigrationPlan> {
  const all = await readMigrations(join(folder, 'migrations'))
  return withClient(url, async (client) => {
    const table = await client.query<{ exists: boolean }>(`select to_regclass('migration') is not null as exists`)
    const applied = table.rows[0]?.exists
      ? (await client.query<Applied>('select number, name, checksum from migration order by number')).rows
      : []
    const waiting = compare(all, applied)
    for (const migration of waiting) assertReachable(migration, applied)
    return {
      at: applied.at(-1)?.name,
      waiting: waiting.map(({ name }) => name),
      areFunctionsNew: !(await areFunctionsCurrent(client, join(folder, 'functions'))),
    }
  })
}

/** Revokes temporary tables, which fill the disk unseen, from all but the owner. A copy of a database lacks its grants. */
async function closeToTemporaryTables(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name')
  await client.query(`revoke create, temporary on database ${rows[0]?.name ?? ''} from public`)
}

/** Returns the migrations that the database does not have. */
function compare(files: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(files.flatMap((file) => [file, ...file.replaces]).map((one) => [one.number, one]))
  for (const { number, name, checksum } of applied) {
    const file = known.get(number)
    if (!file) {
      throw new DatabaseFault(
        'migration-unknown',
        `The database has the migration ${name}, which this version of Seloste does not have: start the newer version.`,
      )
    }
    if (file.checksum !== checksum) {
      throw new DatabaseFault(
        'migration-changed',
        `The migration ${file.name} was changed after it had been applied (as ${name}): undo the change and write a new one.`,
      )
    }
  }
  const done = new Set(applied.map(({ number }) => number))
  return files.filter(({ number }) => !done.has(number))
}

/** Returns the number of the last migration that a baseline replaces, or the migration's own. */
function firstNumber({ number, replaces }: Migration): number {
  return replaces.at(-1)?.number ?? number
}

/** A baseline adopts only a database that has all it replaces. */
function assertReachable({ replaces }: Migration, before: readonly Applied[]): void {
  const missing = replaces.filter((one) => !before.some(({ number }) => number === one.number))
  if (before.length > 0 && missing.length > 0) {
    throw new DatabaseFault(
      'migration-too-old',
      `The database is at ${before.at(-1)?.name ?? ''}, but this version of Seloste upgrades only from ${replaces.at(-1)?.name ?? ''}: start the last version before 1.0.0 on it once, then this one.`,
    )
  }
}

async function apply(client: Client, migration: Migration, before: readonly Applied[], upTo: number): Promise<void> {
  const { name, statements, replaces } = migration
  assertReachable(migration, before)
  const isAdopted = replaces.length > 0 && before.length > 0
  // A backup from before the baseline is restored into the tables, and under the names, that it had.
  const recorded = migration.number <= upTo ? [migration] : replaces
  try {
    await client.query('begin')
    if (!isAdopted) await client.query(statements)
    for (const { number, name, checksum } of recorded) {
      await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [number, name, checksum])
    }
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new DatabaseFault(
      'migration-failed',
      `The migration ${name} was rolled back: ${describeStatementError(cause, statements)}`,
      cause,
    )
  }
}

/**
 * Returns the migrations of a folder in order.
 * @throws DatabaseFault `migration-misnamed`
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = numberOf(name)
      if (!(number > numberOf(names[index - 1]))) {
        throw new DatabaseFault(
          'migration-misnamed',
          `The migration ${name} is misnamed: names are NNNN-name.sql, each number once, from 0001 on.`,
        )
      }
      // A checkout with other line endings has the same checksum.
      const statements = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
      const checksum = createHash('sha256').update(statements).digest('hex')
      return { number, name, checksum, statements, replaces: await readSquashed(join(directory, name)) }
    }),
  )
}

/** Reads 0200-baseline.json beside 0200-baseline.sql: name and checksum of each migration that it replaces. */
async function readSquashed(path: string): Promise<Applied[]> {
  const text = await readFile(path.replace(/\.sql$/, '.json'), 'utf8').catch(() => '{}')
  return Object.entries(JSON.parse(text) as Record<string, string>).map(([name, checksum]) => ({
    number: numberOf(name),
    name,
    checksum,
  }))
}

/** 0 if there is no file; NaN if the name is not a migration's. */
function numberOf(name?: string): number {
  return name === undefined ? 0 : Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1])
}
