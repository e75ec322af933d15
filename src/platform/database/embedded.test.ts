import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { findEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded.ts'
import { postgresProcessesOf, processIdentity } from './embedded/processes.ts'
import type { DatabaseFault } from './faults.ts'

const folder = await mkdtemp(join(tmpdir(), 'embedded-'))
await chmod(folder, 0o711)
afterAll(() => rm(folder, { recursive: true }))

const messages: string[] = []
const log = { info: (line: string) => void messages.push(line), warn: (line: string) => void messages.push(line) }
const asRoot = process.getuid?.() === 0

/** A database that was started and stopped once, because creating one takes longer than most of these tests. */
const template = join(folder, 'made')
await (await startEmbeddedPostgres({ dataDirectory: template, log })).stop()

/** Starts the database of this name. If it does not exist, copies the template first, with its owners and modes. */
async function start(name: string, more: Partial<EmbeddedPostgresOptions> = {}) {
  const dataDirectory = join(folder, name)
  if (!existsSync(dataDirectory)) await promisify(execFile)('cp', ['-a', template, dataDirectory])
  return startEmbeddedPostgres({ dataDirectory, log, ...more })
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

/** Starts the database of `name` in another process, which is then killed with kill -9. */
async function startAndKill(name: string, statement: string): Promise<void> {
  const script = `
    import { Client } from 'pg'
    import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
    const quiet = { info() {}, warn() {} }
    const server = await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(join(folder, name))}, log: quiet })
    const client = new Client({ connectionString: server.adminUrl() })
    await client.connect()
    await client.query(${JSON.stringify(statement)})
    console.log('ready')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('a new database listens on a unix socket only, with checksums, and keeps what was written', async () => {
  const first = await startEmbeddedPostgres({ dataDirectory: join(folder, 'plain'), log })
  expect(await query(first.adminUrl(), 'show listen_addresses')).toEqual([{ listen_addresses: '' }])
  expect(await query(first.adminUrl(), 'show data_checksums')).toEqual([{ data_checksums: 'on' }])
  expect(await query(first.adminUrl(), "select upper('ä') as big")).toEqual([{ big: 'Ä' }])
  await query(first.adminUrl(), 'create table kept as select 1 as id')
  await first.stop()
  const again = await start('plain')
  expect(await query(again.adminUrl(), 'select id from kept')).toEqual([{ id: 1 }])
  await again.stop()
  await expect(stat(again.socketDirectory)).rejects.toThrow('ENOENT')
})

test('a wrong password is refused, and the right one is readable by its owner only', async () => {
  const server = await start('password')
  await expect(query(server.urlFor('postgres', 'guess', 'postgres'), 'select 1')).rejects.toThrow('password')
  const { mode } = await stat(join(folder, 'password', 'superuser-password'))
  expect(mode & 0o777).toBe(0o600)
  await server.stop()
})

test('a second start on the same folder is refused in one line, and the first continues', async () => {
  const first = await start('twice')
  const refused = (await start('twice').catch((error: unknown) => error)) as DatabaseFault
  expect(refused.code).toBe('database-in-use')
  expect(refused.message).toBe(
    `The database folder ${join(folder, 'twice')} is in use by the running Seloste with process id ${process.pid}: stop that one first.`,
  )
  await query(first.adminUrl(), 'select 1')
  await first.stop()
})

test('the running server of a data folder is found, and none once it has stopped', async () => {
  const server = await start('found')
  const address = await findEmbeddedPostgres(join(folder, 'found'))
  expect(await query(address?.adminUrl() ?? '', 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
  expect(await findEmbeddedPostgres(join(folder, 'found'))).toBeUndefined()
})

test('after kill -9 of its owner, the database stops and the next start has every commit', async () => {
  await startAndKill('killed', 'create table kept as select 1 as id')
  const server = await start('killed')
  expect(await query(server.adminUrl(), 'select id from kept')).toEqual([{ id: 1 }])
  await server.stop()
})

test('after kill -9 of the database itself it restarts in place, with every commit, and stops as usual', async () => {
  const ends: DatabaseFault[] = []
  const server = await start('comes-back', { onUnexpectedEnd: (fault) => ends.push(fault), minUptimeMs: 0 })
  await query(server.adminUrl(), 'create table kept as select 1 as id')
  const cluster = join(folder, 'comes-back', 'cluster')
  const [postmaster = 0] = postgresProcessesOf(cluster, undefined)
  process.kill(postmaster, 'SIGKILL')
  const found = () => query(server.adminUrl(), 'select id from kept').catch(() => undefined)
  await expect.poll(found, { timeout: 20_000 }).toEqual([{ id: 1 }])
  expect(ends).toEqual([])
  await server.stop()
  expect(postgresProcessesOf(cluster, undefined)).toEqual([])
})

test('after kill -9 of the database soon after its start, its owner is notified and the next start recovers', async () => {
  const ends: DatabaseFault[] = []
  const first = await start('crashed', { onUnexpectedEnd: (fault) => ends.push(fault) })
  await query(first.adminUrl(), 'create table kept as select 1 as id')
  const cluster = join(folder, 'crashed', 'cluster')
  const [postmaster = 0] = postgresProcessesOf(cluster, undefined)
  process.kill(postmaster, 'SIGKILL')
  await expect.poll(() => ends.map((fault) => fault.code)).toEqual(['database-stopped'])
  await first.stop()
  const again = await start('crashed')
  expect(await query(again.adminUrl(), 'select id from kept')).toEqual([{ id: 1 }])
  await again.stop()
})

describe('a pid file is ignored if it names', () => {
  // As the database's own user, because PostgreSQL itself ignores another user's process.
  async function startWithPidFileOf(name: string, command: string): Promise<void> {
    const first = await start(name)
    const cluster = join(folder, name, 'cluster')
    const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8')
    await first.stop()
    const { uid, gid } = await stat(cluster)
    const other = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/', uid, gid })
    const [pid] = (await once(other.stdout.setEncoding('utf8'), 'data')) as [string]
    await writeFile(join(cluster, 'postmaster.pid'), text.replace(/^\d+/, pid.trim()))
    try {
      await (await start(name)).stop()
    } finally {
      other.kill('SIGKILL')
    }
  }

  test('a process of another program', () => startWithPidFileOf('stranger', 'echo $$; exec sleep 60'))
  // The shell's replacement does not reap the shell's child.
  test('a zombie', () => startWithPidFileOf('zombie', 'true & echo $!; exec sleep 60'))
})

test('an owner file whose pid now belongs to another process does not block the start', async () => {
  const first = await start('reused')
  await first.stop()
  const owner = { pid: process.pid, identity: 'another boot 1', socketDirectory: first.socketDirectory }
  await writeFile(join(folder, 'reused', 'owner.json'), JSON.stringify(owner))
  await (await start('reused')).stop()
})

describe('a database that could lose acknowledged commits is refused', () => {
  const unsafe: [string, string, string][] = [
    ['for everybody', 'alter system set fsync = off', 'fsync = off'],
    ['for page writes', 'alter system set full_page_writes = off', 'full_page_writes = off'],
    ['for one role', 'alter role postgres set synchronous_commit = local', 'synchronous_commit = local'],
    [
      'for one database',
      'alter database template1 set synchronous_commit = off',
      'synchronous_commit of a role or database = off',
    ],
  ]
  for (const [title, statement, reason] of unsafe) {
    test(title, async () => {
      const name = `unsafe-${title.replaceAll(' ', '-')}`
      const first = await start(name)
      await query(first.adminUrl(), statement)
      await first.stop()
      const refused = (await start(name).catch((error: unknown) => error)) as DatabaseFault
      expect(refused.code).toBe('database-unsafe')
      expect(refused.message).toContain(reason)
      expect(postgresProcessesOf(join(folder, name, 'cluster'), undefined)).toEqual([])
    })
  }
})

test('a start that fails has PostgreSQL’s last message, in one line', async () => {
  const first = await start('broken')
  await first.stop()
  await writeFile(join(folder, 'broken', 'cluster', 'postgresql.auto.conf'), "work_mem = 'lots'\n")
  const failed = (await start('broken').catch((error: unknown) => error)) as DatabaseFault
  expect(failed.code).toBe('database-start-failed')
  expect(failed.message).toContain('invalid value for parameter "work_mem": "lots"')
  expect(failed.message).not.toContain('\n')
})

test('a first start that is killed does not stop the next', async () => {
  const script = `
    import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
    const log = { info() { setTimeout(() => process.kill(process.pid, 'SIGKILL'), 150) }, warn() {} }
    await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(join(folder, 'half'))}, log })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  await once(child, 'exit')
  expect(await readdir(join(folder, 'half'))).toContain('cluster.new')
  await (await start('half')).stop()
  expect(await readdir(join(folder, 'half'))).not.toContain('cluster.new')
})

test.runIf(asRoot)(
  'in a folder closed to others, root keeps the database where its own user can reach it',
  async () => {
    const closed = join(folder, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const hidden = join(closed, 'data', 'hidden')
    const first = await startEmbeddedPostgres({ dataDirectory: hidden, log })
    const location = (await readFile(join(hidden, 'location'), 'utf8')).trim()
    try {
      expect(location).toMatch(/^\/var\/lib\/seloste\/[0-9a-f]{8}-[0-9a-f]{6}$/)
      await query(first.adminUrl(), 'create table kept as select 1 as id')
      await first.stop()
      const again = await startEmbeddedPostgres({ dataDirectory: hidden, log })
      expect(await query(again.adminUrl(), 'select id from kept')).toEqual([{ id: 1 }])
      await again.stop()

      // A new data folder must not find the database of a removed one.
      await rm(hidden, { recursive: true })
      const fresh = await startEmbeddedPostgres({ dataDirectory: hidden, log })
      await expect(query(fresh.adminUrl(), 'select id from kept')).rejects.toThrow('does not exist')
      await fresh.stop()
      expect(messages).toContain(`${location} is the database of a data folder that was removed: delete it by hand`)
      await rm((await readFile(join(hidden, 'location'), 'utf8')).trim(), { recursive: true })
    } finally {
      await rm(location, { recursive: true })
    }
  },
)

test('a process is distinguished from another process with the same pid, and from a dead process', () => {
  expect(processIdentity(process.pid)).toBe(processIdentity(process.pid))
  expect(processIdentity(process.pid)).not.toBe(processIdentity(process.ppid))
  expect(processIdentity(4_000_000)).toBeUndefined()
})
