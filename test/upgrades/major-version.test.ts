/**
 * Upgrades an embedded database of an earlier PostgreSQL, with data in each table, to the present version. The old
 * cluster stays until the upgrade is complete (decision 6).
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { majorOf, upgradeFolder } from '#platform/database/embedded/major.ts'
import { databaseOsUser } from '#platform/database/embedded/os-user.ts'
import { upgradeEmbeddedPostgres } from '#platform/database/embedded/upgrade.ts'
import { migrate } from '#platform/database/migrate.ts'
import { finishMove } from '#safeguards/moving/move-database.ts'
import { moveTo } from '../moving/open-move.ts'
import { fillTable, rowsOf, tablesOf } from './fill-tables.ts'

/** Folder of an earlier PostgreSQL's programs, as Debian installs them. */
const older = ['/usr/lib/postgresql/15', '/usr/lib/postgresql/16'].find((folder) =>
  existsSync(join(folder, 'bin/initdb')),
)
const log = { info: () => undefined, warn: () => undefined }

describe.skipIf(older === undefined)('a cluster of an earlier major version', () => {
  let folder: string
  let dataDirectory: string
  let before: Map<string, unknown>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seloste-older-'))
    dataDirectory = join(folder, 'database')
    await mkdir(dataDirectory)
    for (const path of [folder, dataDirectory]) await chmod(path, 0o711)
    await makeCluster()
    const old = await startEmbeddedPostgres({ dataDirectory, log, binaries: older! })
    await migrate(old.adminUrl())
    before = await contentOf(old.adminUrl(), true)
    await old.stop()
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function makeCluster(): Promise<void> {
    const cluster = join(dataDirectory, 'cluster')
    await mkdir(cluster, { mode: 0o700 })
    const user = await databaseOsUser()
    if (user) await chown(cluster, user.uid, user.gid)
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, 'of-tests')
    const settings = ['--auth-local=scram-sha-256', '--encoding=UTF8', '--locale=C', '--data-checksums']
    execFileSync(
      join(older!, 'bin/initdb'),
      ['-D', cluster, '-U', 'postgres', `--pwfile=${passwordFile}`, ...settings],
      {
        cwd: '/',
        stdio: 'ignore',
        ...(user && { uid: user.uid, gid: user.gid }),
      },
    )
    await writeFile(join(dataDirectory, 'superuser-password'), 'of-tests', { mode: 0o600 })
  }

  async function contentOf(url: string, isFilled = false): Promise<Map<string, unknown>> {
    const client = new Client({ connectionString: url })
    await client.connect()
    const content = new Map<string, unknown>()
    for (const table of await tablesOf(client)) {
      if (isFilled) await fillTable(client, table)
      content.set(table, await rowsOf(client, table))
    }
    await client.end()
    return content
  }

  const upgrade = (move: (from: string, to: string) => Promise<void>) =>
    upgradeEmbeddedPostgres({ dataDirectory, binariesOf: () => Promise.resolve(older!), log, move })

  test(
    'is refused at a start and not changed; an upgrade keeps every row, even if it was interrupted',
    { timeout: 120_000 },
    async () => {
      const started = startEmbeddedPostgres({ dataDirectory, log })
      await expect(started).rejects.toMatchObject({
        code: 'database-older',
        message: expect.stringContaining('run "seloste upgrade-database"') as string,
      })
      await expect(upgrade(() => Promise.reject(new Error('killed')))).rejects.toThrow('killed')
      const old = await startEmbeddedPostgres({ dataDirectory, log, binaries: older! })
      expect(await contentOf(old.adminUrl())).toEqual(before)
      await old.stop()

      // Interrupts the upgrade when everything is copied and the clusters are not swapped yet.
      await expect(
        upgrade(async (from, to) => {
          await moveTo(from, to)
          throw new Error('killed')
        }),
      ).rejects.toThrow('killed')
      const upgraded = await upgrade(async (from, to) => expect(await finishMove(from, to, 'the target')).toBe(true))
      expect(upgraded).toMatchObject({
        from: Number(older!.slice(-2)),
        oldCluster: join(dataDirectory, `cluster-${older!.slice(-2)}`),
      })

      // Simulates a kill between the two renames.
      const cluster = join(dataDirectory, 'cluster')
      await mkdir(join(dataDirectory, upgradeFolder))
      await rename(cluster, join(dataDirectory, upgradeFolder, 'cluster'))
      await expect(startEmbeddedPostgres({ dataDirectory, log })).rejects.toMatchObject({ code: 'database-older' })
      expect(await upgrade(() => Promise.reject(new Error('not again')))).toMatchObject({ to: await majorOf(cluster) })
      expect(await upgrade(() => Promise.reject(new Error('not again')))).toBeUndefined()

      const now = await startEmbeddedPostgres({ dataDirectory, log })
      const after = await contentOf(now.adminUrl())
      await now.stop()
      expect(after).toEqual(before)
      expect(await majorOf(upgraded!.oldCluster)).toBe(upgraded!.from)
      // The earlier PostgreSQL cannot read the later one's cluster.
      const back = startEmbeddedPostgres({ dataDirectory, log, binaries: older! })
      await expect(back).rejects.toMatchObject({ code: 'database-newer' })
    },
  )
})
