import { existsSync } from 'node:fs'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { makeAuthority } from '#test/conformance/sip/make-certificates.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openCuttableConnection, type CuttableConnection } from '../faults/run-capture.ts'
import { placeCall } from '../simulator/place-call.ts'
import { officialByKey } from '../simulator/people.ts'
import { findPorts } from './free-ports.ts'
import {
  canOpen,
  filesBelow,
  makeFolders,
  makeSharedFolder,
  readSystemUsers,
  startAsOwnUser,
  whyNoSeparateUsers,
  type SystemUsers,
  type RunningRole,
} from './separate-users.ts'

const database = await createTestDatabase<RegisterTables>()
const reason = whyNoSeparateUsers()
if (reason !== undefined) console.warn(`Roles as users of their own are not tried: ${reason}.`)

describe.skipIf(reason !== undefined)('each role under its own user', () => {
  let systemUsers: SystemUsers
  let base = ''
  let remove: () => Promise<void> = async () => undefined
  let line: CuttableConnection
  let desk = ''
  const running: RunningRole[] = []
  const below = (path: string) => join(base, path)
  const data = (role: string) => below(`var/lib/seloste/${role}`)

  /** Settings of packaging/deb/seloste.env and of the systemd units. */
  const settingsOf = (role: string, databaseRole: string, more: Record<string, string> = {}) => {
    const url = new URL(database.url(databaseRole))
    url.searchParams.delete('host')
    url.host = `127.0.0.1:${line.port}`
    return {
      DATABASE_URL: url.href,
      OBJECTS_URL: `file://${below('var/lib/seloste/objects')}`,
      SELOSTE_RUN: below('run/seloste'),
      SELOSTE_DRAW_KEY: below('var/lib/seloste/draw.key'),
      SELOSTE_DATA: data(role),
      ...more,
    }
  }

  beforeAll(async () => {
    systemUsers = await readSystemUsers()
    ;({ base, remove } = await makeSharedFolder())
    await makeFolders(base, systemUsers)
    line = await openCuttableConnection(new URL(database.url('seloste_desk')))
    const ports = await findPorts()
    desk = `127.0.0.1:${ports.http}`
    running.push(await startAsOwnUser(systemUsers, 'custodian', settingsOf('custodian', 'seloste_custodian')))
    const calls = {
      SELOSTE_SIP: `127.0.0.1:${ports.sip}`,
      SELOSTE_RTP: `127.0.0.1:${ports.firstRtp}-${ports.lastRtp}`,
    }
    running.push(
      await startAsOwnUser(systemUsers, 'capture', settingsOf('capture', 'seloste_capture', calls)),
      await startAsOwnUser(systemUsers, 'desk', settingsOf('desk', 'seloste_desk', { SELOSTE_HTTP: desk })),
    )
    await placeCall({
      seed: 'apart',
      caller: '+358401234567',
      // All calls to the test line are recorded.
      number: '+35829497099',
      official: officialByKey('aino'),
      seconds: 2,
      server: { host: '127.0.0.1', port: ports.sip },
    })
  }, 300_000)

  afterAll(async () => {
    for (const one of running.reverse()) await one.stop()
    await line?.close()
    await remove()
  }, 60_000)

  test('the custodian ingests what capture has written to a store shared by their group', async () => {
    const { db } = database.as()
    const stored = () =>
      db
        .selectFrom('recording')
        .select(['kept_at as at', 'keeping_fault as fault'])
        .execute()
        .then((rows) => rows.map(({ at, fault }) => ({ kept: at !== null, fault })))
    await expect.poll(stored, { timeout: 60_000 }).toEqual([{ kept: true, fault: null }])
  })

  test('the desk can connect to custodian and database, and can read none of their files', async () => {
    const ready = await fetch(`http://${desk}/health/ready`)
    expect(await ready.text()).toContain('ready')
    expect(ready.status).toBe(200)
  })

  test('only the custodian can read a key, and it can read everything that it needs', () => {
    const keys = filesBelow(join(data('custodian'), 'keys'))
    expect(keys.some((path) => /intake-v\d+/.test(path))).toBe(true)
    expect(keys.some((path) => /month-\d{4}/.test(path))).toBe(true)
    const paths = [data('custodian'), join(data('custodian'), 'keys'), ...keys]
    const readers = ['seloste-custodian', 'seloste-capture', 'seloste-desk', 'seloste-feeds', 'seloste']
    for (const path of [paths[0]!, paths[1]!, keys.find((one) => one.includes('intake'))!]) {
      const found = readers.filter((user) => canOpen(systemUsers, user, path))
      expect(found, path.slice(base.length)).toEqual(['seloste-custodian'])
    }
  })

  test.each([
    ['the store of sealed recordings', 'var/lib/seloste/objects', ['seloste-custodian', 'seloste-capture']],
    ['the draw key', 'var/lib/seloste/draw.key', ['seloste-custodian', 'seloste-capture', 'seloste-feeds']],
    ['the folder of calls in progress', 'var/lib/seloste/capture', ['seloste-capture']],
    ['the custodian’s socket', 'run/seloste/custodian/custodian.sock', ['seloste-custodian', 'seloste-desk']],
    ['the metrics of capture', 'run/seloste/capture/metrics-capture.sock', ['seloste-capture', 'seloste-desk']],
    ['the socket that controls capture', 'run/seloste/capture/capture-control.sock', ['seloste-capture']],
  ])('%s is readable for those who need it and for nobody else', (_what, path, expected) => {
    const roles = ['seloste-custodian', 'seloste-capture', 'seloste-desk', 'seloste-feeds']
    expect(roles.filter((user) => canOpen(systemUsers, user, below(path)))).toEqual(expected)
  })

  test('a sealed recording is readable for its store’s group and for nobody else', () => {
    const [body = ''] = filesBelow(below('var/lib/seloste/objects')).filter((path) => path.endsWith('.body'))
    const roles = ['seloste-custodian', 'seloste-capture', 'seloste-desk', 'seloste-feeds']
    expect(roles.filter((user) => canOpen(systemUsers, user, body))).toEqual(['seloste-custodian', 'seloste-capture'])
  })

  test('a role that signs in to the database as another role does not start', async () => {
    const asOwner = { ...settingsOf('desk', 'seloste_custodian'), SELOSTE_HTTP: '127.0.0.1:0' }
    await expect(startAsOwnUser(systemUsers, 'desk', asOwner)).rejects.toThrow(
      'this process must connect as seloste_desk',
    )
  })

  test('a desk connects over TLS to a custodian on another machine', async () => {
    const authority = makeAuthority('link authority')
    const put = async (name: string, role: string) => {
      const { cert, key } = authority.issue({ name })
      const files = { CERTIFICATE: cert, KEY: key, AUTHORITIES: authority.certificate }
      const settings: Record<string, string> = {}
      for (const [item, text] of Object.entries(files)) {
        const path = join(base, `${role}-${item}.pem`)
        await writeFile(path, text, { mode: 0o400 })
        await chown(path, systemUsers.idOf(`seloste-${role}`), 0)
        settings[`SELOSTE_LINK_${item}`] = path
      }
      return settings
    }
    const [{ http: port }, { http: deskPort }] = await Promise.all([findPorts(), findPorts()])
    await running[0]?.stop()
    running[0] = await startAsOwnUser(
      systemUsers,
      'custodian',
      settingsOf('custodian', 'seloste_custodian', {
        ...(await put('custodian.example', 'custodian')),
        SELOSTE_CUSTODIAN_LISTEN: `127.0.0.1:${port}`,
        SELOSTE_CUSTODIAN_DESKS: 'desk.example',
      }),
    )
    const remoteDesk = await startAsOwnUser(
      systemUsers,
      'desk',
      settingsOf('desk', 'seloste_desk', {
        ...(await put('desk.example', 'desk')),
        SELOSTE_CUSTODIAN: `https://127.0.0.1:${port}`,
        SELOSTE_HTTP: `127.0.0.1:${deskPort}`,
        SELOSTE_RUN: below('run/none'),
      }),
    )
    try {
      await expect.poll(() => fetch(`http://127.0.0.1:${deskPort}/health/ready`).then(({ status }) => status)).toBe(200)
      expect(existsSync(below('run/none'))).toBe(false)
    } finally {
      await remoteDesk.stop()
    }
  }, 120_000)
})
