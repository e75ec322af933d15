import { execSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDirectoryStore } from './directory-store.ts'
import { openPlaceFolder } from './place-folder.ts'
import { objectFault } from './faults.ts'

const folder = await mkdtemp(join(tmpdir(), 'objects-'))
const store = await openDirectoryStore(join(folder, 'store'))
afterAll(() => rm(folder, { recursive: true }))

test('a file is moved in across file systems as well', async () => {
  const { dev } = await stat(folder)
  const isElsewhere = (path: string) =>
    stat(path).then(
      (found) => found.dev !== dev,
      () => false,
    )
  const root = (await isElsewhere('/dev/shm')) ? '/dev/shm' : (await isElsewhere('/tmp')) ? '/tmp' : tmpdir()
  const far = await mkdtemp(join(root, 'objects-'))
  try {
    await writeFile(join(far, 'source'), 'from afar')
    await store.moveIn('far', join(far, 'source'))
    expect((await store.readRange('far', 0, 9)).toString()).toBe('from afar')
    expect(await readdir(far)).toEqual([])
  } finally {
    await rm(far, { recursive: true })
  }
})

test('a failed put leaves nothing behind', async () => {
  const missing = join(folder, 'missing')
  await symlink('/nowhere', missing)
  await expect(store.put('failed', { file: missing })).rejects.toMatchObject({ code: 'object-missing' })
  expect(await readdir(join(folder, 'store', '.unfinished'))).toEqual([])
})

test('files left by a crash are removed a day later, and running writes of others are left alone', async () => {
  const unfinished = join(folder, 'store', '.unfinished')
  await writeFile(join(unfinished, 'old'), 'x')
  await writeFile(join(unfinished, 'running'), 'x')
  await utimes(join(unfinished, 'old'), 1_000_000, 1_000_000)
  await openDirectoryStore(join(folder, 'store'))
  expect(await readdir(unfinished)).toEqual(['running'])
})

const mebibytes = 48
const keyringFile = 'keyring/2027-03/month'

/**
 * Stores an object in a place of copies, in a process that is killed by SIGKILL as soon as something changes in the watched
 * folder.
 */
async function storeUntilKilled(place: string, watched: string, letter: string): Promise<void> {
  const program = `
    import { watch } from 'node:fs'
    import { openPlaceFolder } from ${JSON.stringify(new URL('place-folder.ts', import.meta.url).href)}
    const place = await openPlaceFolder(${JSON.stringify(place)})
    watch(${JSON.stringify(watched)}, () => process.kill(process.pid, 'SIGKILL'))
    await place.put(${JSON.stringify(keyringFile)}, Buffer.alloc(${mebibytes} << 20, ${JSON.stringify(letter)}))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
}
const isZeros = async (file: string) => (await readFile(file)).every((byte) => byte === 0)

test('the remains of a killed write of a key to a place of copies are overwritten and removed when the next key is stored', async () => {
  const place = join(folder, 'killed-while-writing')
  await mkdir(join(place, '.unfinished'), { recursive: true })
  await storeUntilKilled(place, join(place, '.unfinished'), 'a')
  const [left] = await readdir(join(place, '.unfinished'))
  await link(join(place, '.unfinished', left!), join(folder, 'carved'))

  await (await openPlaceFolder(place)).put(keyringFile, Buffer.from('renewed'))
  expect(await readdir(join(place, '.unfinished'))).toEqual([])
  expect(await isZeros(join(folder, 'carved'))).toBe(true)
})

test('a key in a place of copies is also overwritten on disk if it is replaced or deleted after a kill', async () => {
  const place = join(folder, 'killed-after-replacing')
  await mkdir(join(place, 'keyring/2027-03'), { recursive: true })
  for (const end of ['replaced', 'deleted'] as const) {
    const before = join(folder, `before-it-was-${end}`)
    const opened = await openPlaceFolder(place)
    await opened.put(keyringFile, Buffer.alloc(mebibytes << 20, 'a'))
    await link(join(place, keyringFile), before)
    await storeUntilKilled(place, join(place, 'keyring/2027-03'), 'b')

    if (end === 'replaced') await opened.put(keyringFile, Buffer.from('renewed'))
    else await opened.delete(keyringFile)
    expect(await readdir(join(place, '.unfinished'))).toEqual([])
    expect(await isZeros(before)).toBe(true)
  }
})

test('a full disk has a code of its own', () => {
  const fault = objectFault('a', 'stored', Object.assign(new Error('no space'), { code: 'ENOSPC' }))
  expect(fault).toMatchObject({ code: 'object-disk-full', message: 'The object disk is full: a could not be stored.' })
})

test('a link in a place of copies is not followed: its target is neither overwritten nor removed', async () => {
  const [place, elsewhere] = [join(folder, 'place'), join(folder, 'elsewhere')]
  await mkdir(join(place, 'keyring'), { recursive: true })
  await writeFile(elsewhere, 'a key')
  const opened = await openPlaceFolder(place)
  for (const work of [() => opened.delete('keyring/1'), () => opened.put('keyring/1', Buffer.from('new'))]) {
    await symlink(elsewhere, join(place, 'keyring', '1'))
    await work()
    expect(await readFile(elsewhere, 'utf8')).toBe('a key')
  }
  await symlink(join(folder, 'store'), join(place, 'objects', 'ab'))
  await expect(openPlaceFolder(place)).rejects.toThrow(/contains a link to another place, ab/)
})

test('a folder of the store that became a link, also above a key, is not followed', async () => {
  const [place, elsewhere] = [join(folder, 'swapped'), join(folder, 'of-others')]
  await mkdir(place)
  await mkdir(join(elsewhere, 'b'), { recursive: true })
  for (const name of ['c', 'd']) await writeFile(join(elsewhere, 'b', name), 'theirs')
  const opened = await openPlaceFolder(place)
  await opened.put('a/b/c', Buffer.from('ours'))
  await rename(join(place, 'a'), join(place, 'was'))
  await symlink(elsewhere, join(place, 'a'))
  for (const work of [
    () => opened.readRange('a/b/c', 0, 4),
    () => opened.sizeBytes('a/b/c'),
    () => opened.put('a/b/c', Buffer.from('new')),
    () => opened.put('a/new/c', Buffer.from('new')),
    () => opened.delete('a/b/d'),
    async () => {
      for await (const key of opened.list('a/b/')) expect(key).toBe('none')
    },
  ]) {
    await work().catch((error: unknown) => {
      expect(String(error)).toContain('link to another place')
    })
  }
  expect(await readdir(elsewhere, { recursive: true })).toEqual(['b', 'b/c', 'b/d'])
  expect(await readFile(join(elsewhere, 'b', 'c'), 'utf8')).toBe('theirs')
})

test('anything but a regular file is not an object, blocks nobody, and can be deleted', async () => {
  const root = join(folder, 'pipes')
  const opened = await openDirectoryStore(root)
  await opened.put('key', Buffer.from('a'))
  const path = join(
    root,
    (await readdir(root, { recursive: true })).find((name) => name.endsWith('/key'))!,
  )
  for (const command of [`mkfifo '${path}'`, `ln -s /etc/passwd '${path}'`]) {
    execSync(`rm '${path}'; ${command}`)
    await expect(opened.readRange('key', 0, 1)).rejects.toMatchObject({ code: 'object-missing' })
    await expect(opened.sizeBytes('key')).rejects.toMatchObject({ code: 'object-missing' })
  }
  expect(await opened.delete('key')).toBe(true)
})

test('files in a store shared by a group are readable and writable for the group, whatever the umask, and otherwise for the owner only', async () => {
  const above = join(folder, 'groups')
  await mkdir(above)
  await chmod(above, 0o2770)
  const root = join(above, 'shared')
  const before = process.umask(0o077)
  try {
    for (const [path, bits] of [
      [root, '660 770'],
      [join(folder, 'own'), '600 700'],
    ] as const) {
      const opened = await openDirectoryStore(path)
      await opened.put('put.body', Buffer.from('a'))
      await writeFile(join(folder, 'moved'), 'b', { mode: 0o600 })
      await opened.moveIn('moved.body', join(folder, 'moved'))
      for (const key of ['put.body', 'moved.body']) {
        const spread = (await readdir(path, { recursive: true })).find((name) => name.endsWith(key))!
        const modes = await Promise.all([spread, spread.slice(0, 2)].map(async (name) => stat(join(path, name))))
        expect(modes.map(({ mode }) => (mode & 0o777).toString(8)).join(' '), `${path} ${key}`).toBe(bits)
      }
    }
  } finally {
    process.umask(before)
  }
})
