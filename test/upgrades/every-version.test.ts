/**
 * Upgrades a database of every version, with data in each of its tables, to the present version: the data are
 * unchanged, and the database then equals a new one. `before-1.0.0.sql.br` is a dump of the last version before 1.0.0,
 * made by that version's own migrations.
 */
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { Client } from 'pg'
import type { Kysely } from 'kysely'
import { afterEach, expect, inject, test } from 'vitest'
import { connectDatabase } from '#platform/database/connect.ts'
import { migrate } from '#platform/database/migrate.ts'
import { expectedProtections, findProtectionProblems } from '#platform/database/protections.ts'
import { schemaFolder } from '#platform/database/schema-folder.ts'
import { processRoles } from '#safeguards/audit/appenders.ts'
import { templateName } from '../database/cluster.ts'
import { describeSchema } from '../house/describe-schema.ts'
import { checksumsOfFiles, readChecksums } from '../house/list-checksums.ts'
import { fillTable, rowsOf, tablesOf } from './fill-tables.ts'

/** Versions of the schema: the numbers of its migrations, possibly with gaps. */
const versions = (await readdir(join(schemaFolder, 'migrations')))
  .filter((name) => name.endsWith('.sql'))
  .map((name) => Number.parseInt(name, 10))
  .sort((a, b) => a - b)
const baselineOf = JSON.parse(await readFile(join(schemaFolder, 'migrations/0200-baseline.json'), 'utf8')) as Record<
  string,
  string
>
const newest = ['functions']

const made: string[] = []
afterEach(async () => {
  for (const name of made.splice(0)) await administer(`drop database if exists ${name} with (force)`)
})

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('database').adminUrl.replace('DATABASE', 'postgres') })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

async function createEmptyDatabase(): Promise<string> {
  return createDatabaseFrom('template0')
}

async function createDatabaseFrom(template: string): Promise<string> {
  const name = `test_upgrade_${randomBytes(5).toString('hex')}`
  made.push(name)
  await administer(`create database ${name} template ${template}`)
  return inject('database').adminUrl.replace('DATABASE', name)
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** Creates a database with the tables and data of the last version before 1.0.0. */
async function makeEarlierDatabase(): Promise<string> {
  const url = await createEmptyDatabase()
  const dump = brotliDecompressSync(await readFile(join(import.meta.dirname, 'before-1.0.0.sql.br'))).toString()
  await withClient(url, (client) => client.query(dump))
  return url
}

type Content = Map<string, Record<string, unknown>[]>

async function fill(client: Client, content: Content): Promise<void> {
  for (const table of await tablesOf(client)) {
    if (content.has(table)) continue
    await fillTable(client, table)
    content.set(table, await rowsOf(client, table))
  }
}

/** Compares the columns of that version in tables that still exist: no table may be removed. */
async function assertUnchanged(client: Client, content: Content): Promise<void> {
  for (const [table, before] of content) {
    const after = await rowsOf(client, table)
    for (const row of before) expect(after, table).toContainEqual(expect.objectContaining(row))
  }
}

function schemaOf(url: string): Promise<string> {
  return queryAt(url, describeSchema)
}

async function problemsOf(url: string) {
  const expected = await expectedProtections()
  return queryAt(url, (db) => findProtectionProblems(db, processRoles, expected))
}

function queryAt<Answer>(url: string, request: (db: Kysely<never>) => Promise<Answer>): Promise<Answer> {
  const { db, close } = connectDatabase<never>({ url, applicationName: 'test', size: 1, onIdleError: () => undefined })
  return request(db).finally(close)
}

test('no migration was edited after it was listed, because every change is a new migration', async () => {
  expect(await checksumsOfFiles()).toEqual(readChecksums())
})

test('a register from before 1.0.0 keeps its data, and is protected like a new one', { timeout: 60_000 }, async () => {
  const url = await makeEarlierDatabase()
  const content: Content = new Map()
  await withClient(url, async (client) => {
    for (const table of await tablesOf(client)) content.set(table, await rowsOf(client, table))
  })
  expect(content.size).toBeGreaterThan(150)
  expect([...content].filter(([, rows]) => rows.length === 0).map(([table]) => table)).toEqual([])
  expect(await migrate(url)).toEqual([...(await migrationNames()), ...newest])
  await withClient(url, async (client) => {
    await assertUnchanged(client, content)
    // The log has the digest of what people signed in with.
    const { rows } = await client.query(
      `select stored, (select count(*) > 0 from stored_verifiers()) as some from strange_verifiers(0, '{}')`,
    )
    expect(rows).toEqual([{ stored: [], some: true }])
  })
  expect(await problemsOf(url)).toEqual([])
  expect(await schemaOf(url)).toBe(await readFile(join(schemaFolder, 'schema.sql'), 'utf8'))
  expect(await schemaOf(await createDatabaseFrom(templateName))).toBe(await schemaOf(url))
  expect(await migrate(url)).toEqual([])
})

test('rows of every later version are kept through all upgrades', { timeout: 120_000 }, async () => {
  const url = await createEmptyDatabase()
  const content: Content = new Map()
  for (const upTo of versions) {
    await migrate(url, { upTo })
    await withClient(url, (client) => fill(client, content))
  }
  await withClient(url, (client) => assertUnchanged(client, content))
  expect(await problemsOf(url)).toEqual([])
})

test('a backup from before 1.0.0 can be restored into the present tables', { timeout: 60_000 }, async () => {
  const last = Number.parseInt(Object.keys(baselineOf).at(-1) ?? '', 10)
  const url = await createEmptyDatabase()
  await migrate(url, { upTo: last })
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from migration order by number',
    )
    expect(Object.fromEntries(rows.map(({ name, checksum }) => [name, checksum]))).toEqual(baselineOf)
  })
  expect(await migrate(url)).toEqual([...(await migrationNames()), ...newest])
  expect(await problemsOf(url)).toEqual([])
})

test('refuses a register of a version that is too old, with a remedy, and does not change it', async () => {
  const url = await makeEarlierDatabase()
  const last = Object.keys(baselineOf).at(-1) ?? ''
  await withClient(url, (client) => client.query('delete from migration where name = $1', [last]))
  await expect(migrate(url)).rejects.toMatchObject({
    code: 'migration-too-old',
    message: expect.stringContaining(
      `upgrades only from ${last}: start the last version before 1.0.0 on it once, then this one.`,
    ) as string,
  })
  await withClient(url, async (client) => {
    expect((await client.query('select from migration')).rowCount).toBe(Object.keys(baselineOf).length - 1)
  })
})

test('refuses a database of a later version, with a remedy, and does not change it', { timeout: 60_000 }, async () => {
  const url = await createEmptyDatabase()
  await migrate(url)
  const folder = await mkdtemp(join(tmpdir(), 'older-'))
  await cp(schemaFolder, folder, { recursive: true })
  const last = (await migrationNames()).at(-1) ?? ''
  await rm(join(folder, 'migrations', last))
  await expect(migrate(url, { folder })).rejects.toMatchObject({
    code: 'migration-unknown',
    message: `The database has the migration ${last}, which this version of Seloste does not have: start the newer version.`,
  })
  await rm(folder, { recursive: true })
  expect(await migrate(url)).toEqual([])
})

async function migrationNames(): Promise<string[]> {
  return (await readdir(join(schemaFolder, 'migrations'))).filter((name) => name.endsWith('.sql')).sort()
}
