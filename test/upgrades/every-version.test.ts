/** A database of every released version, with data in each of its tables, comes to this one with the data as they were. */
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterEach, expect, inject, test } from 'vitest'
import { migrate } from '#platform/database/migrate.ts'
import { fillTable, rowsOf, tablesOf } from './fill-tables.ts'

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))
/** Versions of the schema: the numbers of its migrations, which may have gaps. */
const versions = (await readdir(migrations))
  .filter((name) => name.endsWith('.sql'))
  .map((name) => Number.parseInt(name, 10))
  .sort((a, b) => a - b)
const long = process.env['SELOSTE_LONG'] === '1'

/** Columns that went into tables of their own: `person_placement`, `appointment`. */
const moved: Readonly<Record<string, readonly string[]>> = {
  person: ['unit_id'],
  inspection: ['office', 'appointment_at'],
}

const made: string[] = []
afterEach(async () => {
  for (const name of made.splice(0)) await administer(`drop database if exists ${name} with (force)`)
})

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('database').adminUrl.replace('DATABASE', 'postgres') })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

async function emptyDatabase(): Promise<string> {
  const name = `test_upgrade_${randomBytes(5).toString('hex')}`
  made.push(name)
  await administer(`create database ${name} template template0`)
  return inject('database').adminUrl.replace('DATABASE', name)
}

type Content = Map<string, Record<string, unknown>[]>

async function fill(client: Client, content: Content): Promise<void> {
  for (const table of await tablesOf(client)) {
    if (content.has(table)) continue
    await fillTable(client, table)
    content.set(table, await rowsOf(client, table))
  }
}

/** Columns that there were then, in tables that there are still: nobody may take a table away. */
async function assertKept(client: Client, content: Content): Promise<void> {
  for (const [table, before] of content) {
    const after = await rowsOf(client, table)
    for (const row of before) {
      const known = Object.fromEntries(Object.entries(row).filter(([column]) => !moved[table]?.includes(column)))
      expect(after, table).toContainEqual(expect.objectContaining(known))
    }
  }
}

test(
  'rows of every version, from the one in which their table came, come through all that followed',
  { timeout: 120_000 },
  async () => {
    const url = await emptyDatabase()
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      const content: Content = new Map()
      for (const version of versions) {
        await migrate(url, migrations, version)
        await fill(client, content)
      }
      expect(content.size).toBeGreaterThan(130)
      await assertKept(client, content)
    } finally {
      await client.end()
    }
  },
)

test.runIf(long)(
  'a database that was filled at any version comes to this one at once',
  { timeout: 1_800_000 },
  async () => {
    for (const [index, version] of versions.slice(0, -1).entries()) {
      const url = await emptyDatabase()
      await migrate(url, migrations, version)
      const client = new Client({ connectionString: url })
      await client.connect()
      try {
        const content: Content = new Map()
        await fill(client, content)
        expect((await migrate(url, migrations)).length).toBe(versions.length - index - 1)
        await assertKept(client, content)
      } finally {
        await client.end()
      }
    }
  },
)

test('a database of a later version is refused, with what to do, and not touched', { timeout: 60_000 }, async () => {
  const url = await emptyDatabase()
  await migrate(url, migrations)
  const folder = await mkdtemp(join(tmpdir(), 'older-'))
  await cp(migrations, folder, { recursive: true })
  const last =
    (await readdir(folder))
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .at(-1) ?? ''
  await rm(join(folder, last))
  await expect(migrate(url, folder)).rejects.toMatchObject({
    code: 'migration-unknown',
    message: `The database has the migration ${last}, which this version of Seloste does not know: start the newer version.`,
  })
  await rm(folder, { recursive: true })
  expect(await migrate(url, migrations)).toEqual([])
})
