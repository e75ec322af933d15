import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openDirectoryStore } from './directory-store.ts'
import { openPlaceFolder } from './place-folder.ts'
import { objectFault } from './faults.ts'

const folder = await mkdtemp(join(tmpdir(), 'objects-'))
const store = await openDirectoryStore(join(folder, 'store'))
afterAll(() => rm(folder, { recursive: true }))

async function keysBelow(prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.list(prefix)) keys.push(key)
  return keys
}

test('what is put is read back, whole or in part', async () => {
  await store.put('recordings/a.body', Buffer.from('0123456789'))
  expect((await store.readRange('recordings/a.body', 0, 10)).toString()).toBe('0123456789')
  expect((await store.readRange('recordings/a.body', 3, 6)).toString()).toBe('345')
  expect(await store.sizeBytes('recordings/a.body')).toBe(10)
})

test('a file is copied in by put and taken away by moveIn', async () => {
  const file = join(folder, 'source')
  await writeFile(file, 'from a file')
  await store.put('copied', { file })
  await store.moveIn('moved', file)
  await expect(stat(file)).rejects.toThrow('ENOENT')
  expect((await store.readRange('copied', 0, 11)).toString()).toBe('from a file')
  expect((await store.readRange('moved', 0, 11)).toString()).toBe('from a file')
})

test('a file is moved in across file systems as well', async () => {
  const far = await stat('/dev/shm').then(
    () => mkdtemp('/dev/shm/objects-'),
    () => mkdtemp(join(tmpdir(), 'objects-')),
  )
  try {
    await writeFile(join(far, 'source'), 'from afar')
    await store.moveIn('far', join(far, 'source'))
    expect((await store.readRange('far', 0, 9)).toString()).toBe('from afar')
    expect(await readdir(far)).toEqual([])
  } finally {
    await rm(far, { recursive: true })
  }
})

test('a range past the end is a fault, not fewer bytes', async () => {
  await store.put('short', Buffer.from('abc'))
  await expect(store.readRange('short', 1, 4)).rejects.toMatchObject({ code: 'object-range-outside' })
})

test('what is deleted is gone, and deleting it again is no fault', async () => {
  await store.put('recordings/gone.body', Buffer.from('x'))
  expect(await store.delete('recordings/gone.body')).toBe(true)
  expect(await store.delete('recordings/gone.body')).toBe(false)
  await expect(store.readRange('recordings/gone.body', 0, 1)).rejects.toMatchObject({ code: 'object-missing' })
  await expect(store.sizeBytes('recordings/gone.body')).rejects.toMatchObject({ code: 'object-missing' })
})

test('keys are listed in order by prefix, which may end within a name', async () => {
  for (const key of ['list/b.body', 'list/a.body', 'list/a.index', 'lists/c']) await store.put(key, Buffer.from('x'))
  expect(await keysBelow('list/')).toEqual(['list/a.body', 'list/a.index', 'list/b.body'])
  expect(await keysBelow('list/a')).toEqual(['list/a.body', 'list/a.index'])
  expect(await keysBelow('lis')).toEqual(['list/a.body', 'list/a.index', 'list/b.body', 'lists/c'])
})

describe('a key that could lead elsewhere is a bug', () => {
  for (const key of ['', '/etc/passwd', '../a', 'a/../b', 'a//b', '.hidden', 'A', 'a b', 'a\0', 'a'.repeat(201)]) {
    test(JSON.stringify(key.slice(0, 20)), async () => {
      await expect(store.put(key, Buffer.from('x'))).rejects.toThrow('not an object key')
    })
  }
})

test('a failed put leaves nothing behind', async () => {
  const missing = join(folder, 'missing')
  await symlink('/nowhere', missing)
  await expect(store.put('failed', { file: missing })).rejects.toMatchObject({ code: 'object-missing' })
  expect(await readdir(join(folder, 'store', '.unfinished'))).toEqual([])
})

test('what a crash left is removed a day later, and running writes of others are left alone', async () => {
  const unfinished = join(folder, 'store', '.unfinished')
  await writeFile(join(unfinished, 'old'), 'x')
  await writeFile(join(unfinished, 'running'), 'x')
  await utimes(join(unfinished, 'old'), 1_000_000, 1_000_000)
  await openDirectoryStore(join(folder, 'store'))
  expect(await readdir(unfinished)).toEqual(['running'])
})

test('a full disk has a code of its own', () => {
  const fault = objectFault('a', 'stored', Object.assign(new Error('no space'), { code: 'ENOSPC' }))
  expect(fault).toMatchObject({ code: 'object-disk-full', message: 'The object disk is full: a could not be stored.' })
})

test('a link in a place of copies leads nowhere: what it leads to is neither overwritten nor removed', async () => {
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
  await expect(openPlaceFolder(place)).rejects.toThrow(/has a link to elsewhere, ab/)
})
