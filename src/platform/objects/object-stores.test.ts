import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { hasS3Server, hasWholeS3Server, startS3Server } from '#test/objects/s3-server.ts'
import { openDirectoryStore } from './directory-store.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'

const folder = await mkdtemp(join(tmpdir(), 'objects-'))
const server = hasS3Server ? await startS3Server() : undefined
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true })
})
const partBytes = 5 * 1024 * 1024

/** `isComplete`: false for a server without ranges and multipart uploads (test/objects/s3-server.ts). */
const stores: [name: string, isAvailable: boolean, isComplete: boolean, open: () => Promise<ObjectStore>][] = [
  ['a directory', true, true, () => openDirectoryStore(join(folder, 'store'))],
  [
    'a directory with its keys as paths, overwritten',
    true,
    true,
    () => openDirectoryStore(join(folder, 'plain'), { layout: 'plain', overwrites: true }),
  ],
  // Debian's radosgw; skipped if it is not installed.
  [
    'a bucket of an S3 server',
    hasS3Server,
    hasWholeS3Server,
    async () => openS3Store({ ...server!.store(await server!.makeBucket()), prefix: 'seloste/a/', partBytes }),
  ],
]

describe.each(stores)('%s', (_, isAvailable, isComplete, openStore) => {
  const opened = isAvailable ? openStore() : undefined
  const testIfAvailable = test.skipIf(!isAvailable)
  const testIfComplete = test.skipIf(!isComplete)
  const keysBelow = async (prefix: string) => Array.fromAsync((await opened!).list(prefix))

  testIfAvailable('a stored object is read back, also if it replaced another', async () => {
    const store = await opened!
    await store.put('recordings/a.body', Buffer.from('something longer'))
    await store.put('recordings/a.body', Buffer.from('0123456789'))
    expect((await store.readRange('recordings/a.body', 0, 10)).toString()).toBe('0123456789')
    expect((await store.readRange('recordings/a.body', 4, 4)).length).toBe(0)
    expect(await store.sizeBytes('recordings/a.body')).toBe(10)
  })

  testIfComplete('a range of an object is read', async () => {
    const store = await opened!
    await store.put('recordings/part.body', Buffer.from('0123456789'))
    expect((await store.readRange('recordings/part.body', 3, 6)).toString()).toBe('345')
    expect((await store.readRange('recordings/part.body', 9, 10)).toString()).toBe('9')
  })

  testIfAvailable('an empty object is an object', async () => {
    const store = await opened!
    await store.put('empty', Buffer.alloc(0))
    expect(await store.sizeBytes('empty')).toBe(0)
    expect((await store.readRange('empty', 0, 0)).length).toBe(0)
    await expect(store.readRange('empty', 0, 1)).rejects.toMatchObject({ code: 'object-range-outside' })
  })

  testIfAvailable('put copies a file, and moveIn removes it from its old path', async () => {
    const store = await opened!
    const file = join(folder, randomBytes(4).toString('hex'))
    await writeFile(file, 'from a file')
    await store.put('copied', { file })
    await store.moveIn('moved', file)
    await expect(stat(file)).rejects.toThrow('ENOENT')
    expect((await store.readRange('copied', 0, 11)).toString()).toBe('from a file')
    expect((await store.readRange('moved', 0, 11)).toString()).toBe('from a file')
  })

  testIfComplete('a large file is stored completely, across the borders of its parts', async () => {
    const store = await opened!
    const [file, bytes] = [join(folder, randomBytes(4).toString('hex')), randomBytes(2 * partBytes + 17)]
    await writeFile(file, bytes)
    await store.put('large', { file })
    expect(await store.sizeBytes('large')).toBe(bytes.length)
    for (const [start, end] of [
      [0, bytes.length],
      [partBytes - 3, partBytes + 3],
      [2 * partBytes - 1, bytes.length],
    ] as const) {
      expect((await store.readRange('large', start, end)).equals(bytes.subarray(start, end))).toBe(true)
    }
  })

  testIfAvailable('a range past the end is a fault that names the end, and does not return fewer bytes', async () => {
    const store = await opened!
    await store.put('short', Buffer.from('abc'))
    const ends = { code: 'object-range-outside', message: 'The object short ends at 3, before byte 4.' }
    await expect(store.readRange('short', 1, 4)).rejects.toMatchObject(ends)
    await expect(store.readRange('short', 3, 4)).rejects.toMatchObject(ends)
  })

  testIfAvailable('a deleted object is gone, and deleting it again causes no fault', async () => {
    const store = await opened!
    await store.put('recordings/gone.body', Buffer.from('x'))
    expect(await store.delete('recordings/gone.body')).toBe(true)
    expect(await store.delete('recordings/gone.body')).toBe(false)
    await expect(store.readRange('recordings/gone.body', 0, 1)).rejects.toMatchObject({ code: 'object-missing' })
    await expect(store.readRange('recordings/gone.body', 0, 0)).rejects.toMatchObject({ code: 'object-missing' })
    await expect(store.sizeBytes('recordings/gone.body')).rejects.toMatchObject({ code: 'object-missing' })
    expect(await keysBelow('recordings/gone')).toEqual([])
  })

  testIfAvailable('keys are listed in order by prefix, and a prefix may end within a name', async () => {
    const store = await opened!
    for (const key of ['list/b.body', 'list/a.body', 'list/a.index', 'lists/c']) await store.put(key, Buffer.from('x'))
    expect(await keysBelow('list/')).toEqual(['list/a.body', 'list/a.index', 'list/b.body'])
    expect(await keysBelow('list/a')).toEqual(['list/a.body', 'list/a.index'])
    expect(await keysBelow('lis')).toEqual(['list/a.body', 'list/a.index', 'list/b.body', 'lists/c'])
    expect(await keysBelow('nothing/')).toEqual([])
  })

  testIfAvailable('a key that could name a path outside the store is a bug', async () => {
    const store = await opened!
    for (const key of ['', '/etc/passwd', '../a', 'a/../b', 'a//b', '.hidden', 'A', 'a b', 'a\0', 'a'.repeat(201)]) {
      await expect(store.put(key, Buffer.from('x')), key).rejects.toThrow('not an object key')
    }
  })
})
