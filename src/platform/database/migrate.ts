// Brings a database to the program's schema.
// In: a folder of NNNN-name.sql. Out: the names applied. Never: a way back, or an edit of what was applied.
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { DatabaseFault } from './faults.ts'

type Migration = { number: number; name: string; checksum: string; statements: string }

/** Any fixed number: two starts must not migrate at once. */
const migrationLock = 7_358_630_111

/**
 * Applies the files of `directory` that `database` does not have yet, in order, each in a transaction of its own
 * together with its row in table `migration`.
 * @param url of a role that owns the schema
 * @param upTo the last number that is applied, where a backup of an older schema is restored
 * @returns the file names applied now
 * @throws DatabaseFault `migration-misnamed`, `migration-changed`, `migration-unknown`, `migration-failed`
 */
export async function migrate(url: string, directory: string, upTo = Infinity): Promise<string[]> {
  const files = (await readMigrations(directory)).filter(({ number }) => number <= upTo)
  const client = new Client({ connectionString: url })
  await client.connect()
  client.on('error', () => undefined) // The query under way rejects as well.
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await client.query(`
      create table if not exists migration (
        number integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default clock_timestamp()
      )`)
    const { rows } = await client.query<Omit<Migration, 'statements'>>(
      'select number, name, checksum from migration order by number',
    )
    const waiting = compare(files, rows)
    for (const migration of waiting) await apply(client, migration)
    await closeToTemporaryTables(client)
    return waiting.map((migration) => migration.name)
  } finally {
    await client.end()
  }
}

/** Lets nobody but the owner make temporary tables, which fill the disk unseen. A copy of a database does not have its grants. */
async function closeToTemporaryTables(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name')
  await client.query(`revoke create, temporary on database ${rows[0]?.name ?? ''} from public`)
}

function compare(files: Migration[], applied: Omit<Migration, 'statements'>[]): Migration[] {
  const byNumber = new Map(files.map((file) => [file.number, file]))
  for (const { number, name, checksum } of applied) {
    const file = byNumber.get(number)
    if (!file) {
      throw new DatabaseFault(
        'migration-unknown',
        `The database has the migration ${name}, which this version of Seloste does not know: start the newer version.`,
      )
    }
    if (file.checksum !== checksum) {
      throw new DatabaseFault(
        'migration-changed',
        `The migration ${file.name} was changed after it had been applied (as ${name}): undo the change and write a new one.`,
      )
    }
  }
  const done = new Set(applied.map((row) => row.number))
  return files.filter((file) => !done.has(file.number))
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(migration.statements)
    await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new DatabaseFault(
      'migration-failed',
      `The migration ${migration.name} was rolled back: ${describe(cause, migration.statements)}`,
      cause,
    )
  }
}

/** PostgreSQL counts the position of an error in characters, from 1, over the whole text sent. */
function describe(cause: unknown, statements: string): string {
  const { message = String(cause), position } = cause as { message?: string; position?: string }
  if (!position) return message
  const line = statements.slice(0, Number(position)).split('\n').length
  return `${message} (line ${line})`
}

async function readMigrations(directory: string): Promise<Migration[]> {
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
      const statements = await readFile(join(directory, name), 'utf8')
      // A check-out with other line ends is still the same migration.
      const checksum = createHash('sha256').update(statements.replaceAll('\r\n', '\n')).digest('hex')
      return { number, name, checksum, statements }
    }),
  )
}

/** 0 where there is no file; NaN where the name is none of a migration. */
function numberOf(name?: string): number {
  return name === undefined ? 0 : Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1])
}
