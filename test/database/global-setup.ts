// Starts one PostgreSQL for a whole test run, with a migrated template database: the embedded one, or that of
// SELOSTE_TEST_DATABASE (`npm run test:elsewhere`). Leaves nothing behind, and does not conflict with other runs on the
// machine.
import { chmod, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { rolePassword, templateName, type TestCluster } from './cluster.ts'
import { shippedDescriptionText } from './describe-from.ts'
import { owner, startTestServer, superuser } from './external-server.ts'

const folderPrefix = 'seloste-test-'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeKilledRuns()
  const folder = await mkdtemp(join(tmpdir(), folderPrefix))
  // If root runs the tests, the database's own user must be able to traverse the folder.
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const dataDirectory = join(folder, 'database')
  const server = await startTestServer(dataDirectory, log)
  try {
    const ownerUrl = 'makeOwned' in server ? await server.makeOwned(templateName) : undefined
    const roles = await makeTemplate(server.adminUrl(), server.adminUrl(templateName), ownerUrl)
    const cluster: TestCluster = {
      adminUrl: server.adminUrl('DATABASE'),
      owner: ownerUrl === undefined ? superuser : owner,
      roleUrls: Object.fromEntries(roles.map((role) => [role, server.urlFor(role, rolePassword, 'DATABASE')])),
    }
    project.provide('database', cluster)
  } catch (error) {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return async () => {
    await server.stop()
    if (process.env['SELOSTE_KEEP_TEST_DATABASE']) {
      process.stderr.write(`The databases of failed test files are kept in ${folder}\n`)
      return
    }
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Removes folders of killed runs. A run killed with kill -9 leaves its folder, with a note of its process id; its
 * PostgreSQL ends by itself.
 */
async function removeKilledRuns(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix))
  for (const name of names) {
    const database = join(tmpdir(), name, 'database')
    try {
      const owner = JSON.parse(await readFile(join(database, 'owner.json'), 'utf8')) as {
        pid: number
        socketDirectory: string
      }
      // The owner is alive, and possibly starting: its database may not answer yet.
      if (isAlive(owner.pid)) continue
      await rm(owner.socketDirectory, { recursive: true, force: true })
      await rm(join(tmpdir(), name), { recursive: true, force: true })
    } catch {
      // Leaves the folder: it is starting or ended (no such file), another user's, or being removed by another run.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Without a description in force nobody has any rights. */
async function installSeed(url: string): Promise<void> {
  const { db, close } = connectDatabase({ url, applicationName: 'template', size: 1, onIdleError: () => undefined })
  await installDescription(db, await shippedDescriptionText(), seedDescriptionFile)
  await close()
}

/**
 * Removes the partitions of months far from today. Each partition adds a table to every plan and files to every test
 * database, which was a third of the server's work in a run. Rows of other months go to the default partitions, and a
 * test that needs a month creates its partition. A whole Seloste (test/whole, the journeys) has all partitions.
 */
async function removeFarMonths(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ month: string }>(
      `select inhrelid::regclass::text as month from pg_inherits join pg_class parent on parent.oid = inhparent
       where parent.relkind = 'p' and inhrelid::regclass::text ~ '_[0-9]{4}_[0-9]{2}$'
         and to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM')
           not between now() - interval '2 months' and now() + interval '1 month'`,
    )
    if (rows.length === 0)
      throw new Error('found no monthly partitions of the history: how it is partitioned has changed')
    await client.query(`drop table ${rows.map(({ month }) => month).join(', ')}`)
  } finally {
    await client.end()
  }
}

/**
 * Migrates the template once and gives every role of the migrations the test password.
 * @param ownerUrl the template's owner, if it exists already
 */
async function makeTemplate(adminUrl: string, templateUrl: string, ownerUrl?: string): Promise<string[]> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    // Does not sync writes, because nothing of a test run must survive a crash.
    await client.query('alter system set fsync = off')
    await client.query('alter system set full_page_writes = off')
    // Autovacuum would scan hundreds of databases that live for seconds, and change query plans meanwhile.
    await client.query('alter system set autovacuum = off')
    await client.query('select pg_reload_conf()')
    if (ownerUrl === undefined) await client.query(`create database ${templateName}`)
    await migrate(ownerUrl ?? templateUrl)
    await installSeed(ownerUrl ?? templateUrl)
    await removeFarMonths(ownerUrl ?? templateUrl)
    const { rows } = await client.query<{ rolname: string }>(
      // The first 16,384 object ids are PostgreSQL's own.
      'select rolname from pg_roles where oid >= 16384 order by rolname',
    )
    const roles = rows.map((row) => row.rolname)
    await setRolePasswords(adminUrl, Object.fromEntries(roles.map((role) => [role, rolePassword])))
    await client.query(`alter database ${templateName} with is_template true allow_connections false`)
    return roles
  } finally {
    await client.end()
  }
}
