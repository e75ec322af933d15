import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/database/embedded.ts'
import { queryOnce } from '#platform/database/query-once.ts'
import { withHba, withIdent } from './access-lines.ts'
import { makeDatabase, type QueryAsSuperuser } from './create-database.ts'
import { localServerOf } from './local-server.ts'

test('Seloste’s line of pg_hba.conf is before all others, and only once, even if somebody wrote it by hand', () => {
  const debian = 'local   all   postgres   peer\nlocal   all   all   peer\n'
  const once = withHba(debian, 'seloste')
  expect(once.split('\n').slice(1, 3)).toEqual(['local  seloste  all  peer map=seloste', '# seloste: end'])
  expect(once.endsWith(debian)).toBe(true)
  expect(withHba(once, 'seloste')).toBe(once)
  expect(withHba(`local  seloste all  peer  map=seloste\n${debian}`, 'seloste')).toBe(once)
})

test('Seloste’s lines of pg_ident.conf are written once, and other lines stay', () => {
  const once = withIdent('mine  me  somebody')
  expect(once).toMatch(/^mine {2}me {2}somebody\n# seloste: begin .*\n/)
  expect(once).toContain('seloste  seloste-feeds      seloste_capture\n')
  expect(withIdent(once)).toBe(once)
})

test('a server on another machine is refused, and the message says which option prints the statements for its administrator', () => {
  expect(localServerOf('postgres:///seloste?host=/run/postgresql')).toEqual({
    ...{ host: '/run/postgresql', port: 5432, database: 'seloste' },
  })
  expect(localServerOf('postgres:///calls?host=/run/postgresql&port=5433')).toMatchObject({ port: 5433 })
  expect(() => localServerOf('postgres://seloste@db.example/seloste')).toThrow(/db\.example.*--print/)
  expect(() => localServerOf(undefined)).toThrow('--print')
})

describe('in a PostgreSQL', () => {
  let server: EmbeddedPostgres
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seloste-own-'))
    server = await startEmbeddedPostgres({
      dataDirectory: join(folder, 'database'),
      log: { info: () => undefined, warn: () => undefined },
    })
  }, 60_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const names = { owner: 'seloste', database: 'seloste' }
  /** Returns rows as psql prints them: every value as text. */
  const query: QueryAsSuperuser = async (database, statement) => {
    // The superuser of this server signs in by password, which the new line would no longer allow.
    if (statement.includes('pg_reload_conf')) return []
    const client = new Client({
      connectionString: server.adminUrl(database),
      types: { getTypeParser: () => (text: string) => text },
    })
    await client.connect()
    const rowsOfText = { text: statement, rowMode: 'array' as const }
    return (await client.query<string[]>(rowsOfText).finally(() => client.end())).rows
  }
  const fileOf = async (name: string) => (await query('postgres', `show ${name}`))[0]![0]!

  test('owner, database, rights and access lines are created, and a second run changes nothing', async () => {
    const done = await makeDatabase(query, names)
    expect(done.join('\n')).toMatch(/create role.*\n.*create database.*\n.*\n.*pg_ident.conf\n.*pg_hba.conf$/)
    const [hba, ident] = [await fileOf('hba_file'), await fileOf('ident_file')]
    const [first] = await query(
      'postgres',
      'select type, database, auth_method, options from pg_hba_file_rules limit 1',
    )
    expect(first).toEqual(['local', '{seloste}', 'peer', '{map=seloste}'])
    const desk = await query(
      'postgres',
      `select pg_username from pg_ident_file_mappings where sys_name = 'seloste-desk'`,
    )
    expect(desk).toEqual([['seloste_desk']])
    const may = await query(
      'seloste',
      `select has_function_privilege('public', 'pg_advisory_lock(bigint)', 'execute'),
        has_function_privilege('public', 'lo_create(oid)', 'execute'),
        has_function_privilege('seloste', 'pg_advisory_lock(bigint)', 'execute'),
        has_parameter_privilege('seloste', 'temp_file_limit', 'set'), current_setting('log_error_verbosity')`,
    )
    expect(may).toEqual([['f', 'f', 't', 't', 'terse']])
    const texts = [await readFile(hba, 'utf8'), await readFile(ident, 'utf8')]
    const { mode } = await stat(hba)
    expect((await makeDatabase(query, names)).join()).toMatch(/^revoked [^\n]*$/)
    expect([await readFile(hba, 'utf8'), await readFile(ident, 'utf8')]).toEqual(texts)
    expect((await stat(hba)).mode).toBe(mode)
  })

  test('a file that PostgreSQL does not accept is left as it was', async () => {
    const hba = await fileOf('hba_file')
    const before = await readFile(hba, 'utf8')
    await appendFile(hba, 'locall all all peer\n')
    const broken = await readFile(hba, 'utf8')
    await expect(makeDatabase(query, { ...names, database: 'other' })).rejects.toThrow(
      /pg_hba\.conf has an error in line/,
    )
    expect(await readFile(hba, 'utf8')).toBe(broken)
    expect(broken).toBe(`${before}locall all all peer\n`)
  })

  test('a database that belongs to another role, or is not UTF-8, is refused', async () => {
    await queryOnce(server.adminUrl(), `create database theirs encoding 'LATIN1' locale 'C' template template0`)
    await expect(makeDatabase(query, { ...names, database: 'theirs' })).rejects.toThrow(
      'its owner is not seloste, its encoding is not UTF8',
    )
  })
})
