// Promise: an attacker in capture reads no key, gets no access to the custodian's files and delays no other recording
// (R22; SECURITY.md). The attack: symbolic links and named pipes in the store of sealed recordings, to which both
// capture and custodian write.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openCuttableConnection, type CuttableConnection } from '../faults/run-capture.ts'
import { placeCall } from '../simulator/place-call.ts'
import { officialByKey } from '../simulator/people.ts'
import { findPorts } from '../whole/free-ports.ts'
import {
  filesBelow,
  makeFolders,
  makeSharedFolder,
  readSystemUsers,
  startAsOwnUser,
  whyNoSeparateUsers,
  type SystemUsers,
  type RunningRole,
} from '../whole/separate-users.ts'

const database = await createTestDatabase<RegisterTables>()
const { db } = database.as()
const reason = whyNoSeparateUsers()
const root = fileURLToPath(new URL('../..', import.meta.url))

describe.skipIf(reason !== undefined)('links and pipes that a capture puts into the store', () => {
  let systemUsers: SystemUsers
  let base = ''
  let port = 0
  let remove: () => Promise<void> = async () => undefined
  let line: CuttableConnection
  const running: Record<string, RunningRole> = {}
  const below = (path: string) => join(base, path)
  const keysFolder = () => below('var/lib/seloste/custodian/keys')
  const store = () => below('var/lib/seloste/objects')
  // Leaves out the intake key, which may be renewed during a test.
  const keyNames = async () => (await readdir(keysFolder())).filter((name) => !name.startsWith('intake-')).sort()

  const overTcp = (socketUrl: string) => {
    const url = new URL(socketUrl)
    url.searchParams.delete('host')
    url.host = `127.0.0.1:${line.port}`
    return url.href
  }
  const settingsOf = (role: string, more: Record<string, string> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    TZ: 'UTC',
    DATABASE_URL: overTcp(database.url(`seloste_${role}`)),
    OBJECTS_URL: `file://${store()}`,
    SELOSTE_RUN: below('run/seloste'),
    SELOSTE_DRAW_KEY: below('var/lib/seloste/draw.key'),
    SELOSTE_DATA: below(`var/lib/seloste/${role}`),
    ...more,
  })
  const start = async (role: string, more: Record<string, string> = {}) => {
    running[role] = await startAsOwnUser(systemUsers, role, settingsOf(role, more))
  }
  const asUser = (name: string) => [
    ...[
      `--reuid=${systemUsers.idOf(name)}`,
      `--regid=${systemUsers.idOf(name)}`,
      '--groups',
      systemUsers.groupsOf(name).join(','),
    ],
    '--no-new-privs',
  ]
  /** Runs a script as capture's user. */
  const asCapture = (script: string) =>
    execFileSync('setpriv', [
      ...asUser('seloste-capture'),
      '--inh-caps=-all',
      '--bounding-set=-all',
      '--',
      'sh',
      '-euc',
      script,
    ])
  const call = (n: number) =>
    placeCall({
      ...{ seed: `store${n}`, caller: `+35840123456${n}`, number: '+35829497099', official: officialByKey('aino') },
      seconds: 2,
      server: { host: '127.0.0.1', port },
    })
  const recordings = () => db.selectFrom('recording').select(['id', 'state', 'kept_at']).orderBy('started_at').execute()
  const areIngested = async () => (await recordings()).map(({ kept_at }) => kept_at !== null)

  beforeAll(async () => {
    systemUsers = await readSystemUsers()
    ;({ base, remove } = await makeSharedFolder())
    await makeFolders(base, systemUsers)
    line = await openCuttableConnection(new URL(database.url('seloste_desk')))
    const ports = await findPorts()
    port = ports.sip
    await start('custodian')
    await start('capture', {
      SELOSTE_SIP: `127.0.0.1:${port}`,
      SELOSTE_RTP: `127.0.0.1:${ports.firstRtp}-${ports.lastRtp}`,
    })
    await call(0)
    await vi.waitFor(async () => expect(await areIngested()).toEqual([true]), { timeout: 60_000, interval: 200 })
  }, 300_000)

  afterAll(async () => {
    for (const role of Object.values(running).reverse()) await role.stop()
    await line?.close()
    await remove()
  }, 60_000)

  test('do not make a backup copy a key of the custodian in place of a recording', async () => {
    const [{ id } = { id: '' }] = await recordings()
    const [body = ''] = filesBelow(store()).filter((path) => path.endsWith(`${id}.body`))
    const key = join(keysFolder(), (await keyNames()).find((name) => name.includes('audit')) ?? '')
    asCapture(`mv '${body}' '${body}.was'; ln -s '${key}' '${body}'`)
    // Runs as seloste-backup.service: as the owner's user, with a capability to read.
    const reads = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=+dac_read_search']
    const command = ['sh', '-c', 'umask 0007; exec "$@"', 'sh', process.execPath, 'bin/seloste.js', 'backup']
    const args = [...asUser('seloste'), ...reads, '--bounding-set=-all,+dac_read_search', '--', ...command]
    const { stdout } = await promisify(execFile)('setpriv', args, {
      cwd: root,
      env: settingsOf('custodian', {
        DATABASE_URL: overTcp(database.url()),
        SELOSTE_BACKUPS: `safe=file://${below('var/backups/seloste')}@server-room`,
        SELOSTE_BACKUP_KEY: generateKeyPair().recipient,
        SELOSTE_SITES: 'server-room',
      }),
    })
    asCapture(`rm '${body}'; mv '${body}.was' '${body}'`)
    expect(stdout).toContain(`missing in the object store: recordings/${id}.body`)
    expect(filesBelow(below('var/backups/seloste')).filter((path) => path.endsWith(`${id}.body`))).toEqual([])
  }, 120_000)

  test('do not make a command run by root delete anything elsewhere', async () => {
    const rootsFolder = below('of-root')
    execFileSync('sh', [
      '-euc',
      `mkdir -m 700 '${rootsFolder}'; touch -d '3 days ago' '${rootsFolder}'/a '${rootsFolder}'/b`,
    ])
    asCapture(`cd '${store()}'; mv .unfinished .was; ln -s '${rootsFolder}' .unfinished`)
    const env = settingsOf('custodian', { DATABASE_URL: database.url() })
    const { stdout } = spawnSync(process.execPath, ['bin/seloste.js', 'doctor'], { cwd: root, encoding: 'utf8', env })
    asCapture(`cd '${store()}'; rm .unfinished; mv .was .unfinished`)
    expect(await readdir(rootsFolder)).toEqual(['a', 'b'])
    expect(stdout).toMatch(/\.unfinished .*is a link to another place/)
  }, 120_000)

  test('do not make a starting custodian delete its keys', async () => {
    const before = await keyNames()
    await running['custodian']!.stop()
    // Simulates a start three days later.
    const old = new Date(Date.now() - 3 * 86_400_000)
    for (const name of before) await utimes(join(keysFolder(), name), old, old)
    asCapture(`cd '${store()}'; mv .unfinished .was; ln -s '${keysFolder()}' .unfinished`)
    const started = await start('custodian').catch((error: Error) => error.message)
    asCapture(`cd '${store()}'; rm .unfinished; mv .was .unfinished`)
    if (started !== undefined) await start('custodian')
    expect(await keyNames()).toEqual(expect.arrayContaining(before))
  }, 120_000)

  test('do not stop the ingestion of other recordings when pipes replace waiting ones', async () => {
    await running['custodian']!.stop()
    for (let n = 1; n <= 6; n++) await call(n)
    await expect
      .poll(async () => (await recordings()).filter(({ state }) => state === 'STORED'), { timeout: 60_000 })
      .toHaveLength(7)
    const piped = (await recordings()).slice(1, 6).map(({ id }) => id)
    for (const path of filesBelow(store())) {
      if (path.endsWith('.hdr') && piped.some((id) => path.includes(id)))
        asCapture(`rm '${path}'; mkfifo -m 660 '${path}'`)
    }
    await start('custodian')
    await expect.poll(areIngested, { timeout: 60_000 }).toEqual([true, false, false, false, false, false, true])
  }, 300_000)
})
