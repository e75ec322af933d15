/** Tests a PostgreSQL that an administrator runs, as on another machine: docs/operate/database-and-store.md. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectDatabase } from '#platform/database/connect.ts'
import { prepareBinaries } from '#platform/database/embedded/binaries.ts'
import { databaseOsUser } from '#platform/database/embedded/os-user.ts'
import { queryOnce } from '#platform/database/query-once.ts'
import { checkDatabase } from '../../src/app/cli/doctor/check-database.ts'
import { prepareDatabase, renewRolePasswords } from '../../src/app/supervisor/bootstrap.ts'
import { rolePassword } from './cluster.ts'
import {
  externalBinaries,
  owner,
  startExternalServer,
  revokeFromEverybody,
  type ExternalServer,
} from './external-server.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
let folder: string
let server: ExternalServer
let ownerUrl: string

function certificate(name: string): { certificate: string; key: string } {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`]
  const named = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', files.key, '-out', files.certificate]
  execFileSync('openssl', [...made, ...named], { stdio: 'ignore' })
  return files
}

beforeAll(async () => {
  if (!hasOpenssl) return
  folder = await mkdtemp(join(tmpdir(), 'seloste-external-'))
  await chmod(folder, 0o711)
  const user = await databaseOsUser()
  const binaries = externalBinaries() ?? join((await prepareBinaries(folder, user)).postgres, '..')
  server = await startExternalServer(binaries, join(folder, 'server'), certificate('server'))
  ownerUrl = await server.makeOwned('seloste')
  await prepareDatabase(ownerUrl, { descriptionFile: undefined }, { info: () => undefined })
})
afterAll(async () => {
  if (!hasOpenssl) return
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.skipIf(!hasOpenssl)('a database over TLS whose owner is not a superuser', () => {
  test('is prepared by its owner, and each role signs in with fewer rights than the owner', async () => {
    const urls = await renewRolePasswords(ownerUrl)
    for (const [role, url] of Object.entries(urls)) {
      const { pool, close } = connectDatabase({ url, applicationName: role, size: 1, onIdleError: () => undefined })
      const { rows } = await pool.query<{ encrypted: boolean; super: boolean; makes: boolean; tables: boolean }>(
        `select ssl as encrypted, rolsuper as super, rolcreaterole or rolcreatedb or rolbypassrls as makes,
           has_schema_privilege(current_user, 'public', 'CREATE') as tables
         from pg_stat_ssl, pg_roles where pid = pg_backend_pid() and rolname = current_user`,
      )
      await close()
      expect(rows[0], role).toEqual({ encrypted: true, super: false, makes: false, tables: false })
    }
  })

  test('lets the custodian end a session of capture that holds a lock for which it waits', async () => {
    const urls = await renewRolePasswords(ownerUrl)
    const signIn = (url: string) => new Client({ connectionString: url })
    const [capture, custodian, reading] = [signIn(urls.capture), signIn(urls.custodian), signIn(urls.custodian)]
    const isEnded = new Promise((resolve) => capture.on('error', resolve))
    for (const client of [capture, custodian, reading]) await client.connect()
    await capture.query(`begin; select lock_call_ids(array['00000001'])`)
    const waiting = custodian.query(`select pg_advisory_xact_lock(hashtext('seloste.call-id'), 1)`)
    const end = () => reading.query(`select role, sessions from end_blocking_sessions('200 ms')`)
    await expect.poll(async () => (await end()).rows).toEqual([{ role: 'seloste_capture', sessions: 1 }])
    await Promise.all([waiting, isEnded])
    await Promise.all([custodian.end(), reading.end()])
  })

  test('lets the custodian end an old transaction of capture and of the desk', async () => {
    const urls = await renewRolePasswords(ownerUrl)
    const signIn = (url: string) => new Client({ connectionString: url })
    const [capture, desk, custodian] = [signIn(urls.capture), signIn(urls.desk), signIn(urls.custodian)]
    const areEnded = [capture, desk].map((client) => new Promise((resolve) => client.on('error', resolve)))
    for (const client of [capture, desk, custodian]) await client.connect()
    for (const client of [capture, desk]) await client.query('begin')
    const end = () => custodian.query(`select role, sessions from end_old_transactions('200 ms')`)
    const ended: unknown[] = []
    const endedRoles = () => end().then(({ rows }) => (ended.push(...(rows as unknown[])), ended))
    for (const role of ['seloste_capture', 'seloste_desk'])
      await expect.poll(endedRoles).toContainEqual({ role, sessions: 1 })
    await Promise.all(areEnded)
    await custodian.end()
  })

  test('lets only the custodian take locks, also if a superuser revoked the lock functions after the preparation', async () => {
    const make = `create database late owner ${owner} encoding 'UTF8' template template0`
    await queryOnce(server.adminUrl(), make)
    const url = server.urlFor(owner, rolePassword, 'late')
    const prepare = () => prepareDatabase(url, { descriptionFile: undefined }, { info: () => undefined })
    await prepare()
    await revokeFromEverybody(server.adminUrl('late'), 'late')
    await prepare()
    const lockRights = await queryOnce(
      url,
      `select role from unnest(array['seloste_custodian', 'seloste_capture', 'seloste_desk']) role
       where has_function_privilege(role, 'pg_catalog.pg_try_advisory_lock(bigint)', 'execute')`,
    )
    expect(lockRights).toEqual([{ role: 'seloste_custodian' }])
  })

  test('passes the checks, except for settings that speed up tests', async () => {
    const found = await checkDatabase(ownerUrl)
    const wrong = found.filter(({ is }) => is === 'error').map(({ check }) => check)
    expect(wrong).toEqual(['database.fsync', 'database.full_page_writes'])
  })

  test.each([
    ['by another authority', () => withParameter('sslrootcert', certificate('other').certificate), 'sslrootcert='],
    ['without TLS', () => withParameter('sslmode', 'disable'), 'pg_hba.conf'],
    ['with a missing file', () => withParameter('sslrootcert', join(folder, 'none')), 'correct the path of'],
  ])('refuses %s, with a message that says what to do', async (_, url, remedy) => {
    const [finding] = await checkDatabase(url())
    expect(finding).toMatchObject({ is: 'error', remedy: expect.stringContaining(remedy) })
  })
})

function withParameter(name: string, value: string): string {
  const url = new URL(ownerUrl)
  url.searchParams.set(name, value)
  return url.href
}
