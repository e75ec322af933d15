import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDrawKey } from './draw-key.ts'

let folder: string
const alone = () => ({ dataDirectory: folder, splitRoles: { drawKeyFile: undefined } })
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-draw-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('any number of processes that start at once draw with one complete key, which only its owner can read', async () => {
  const keys = await Promise.all(Array.from({ length: 40 }, () => readDrawKey(alone())))
  expect(keys[0]).toHaveLength(32)
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
  expect(await readDrawKey(alone())).toEqual(keys[0])
  expect(await readdir(join(folder, 'capture'))).toEqual(['draw.key'])
  expect((await stat(join(folder, 'capture', 'draw.key'))).mode & 0o777).toBe(0o600)
})

test('a truncated key is refused, because it could be guessed', async () => {
  await readDrawKey(alone())
  const path = join(folder, 'capture', 'draw.key')
  for (const bytes of [0, 16]) {
    await truncate(path, bytes)
    await expect(readDrawKey(alone())).rejects.toThrow(`draw.key has ${bytes} bytes instead of 32`)
  }
  await writeFile(path, Buffer.alloc(64))
  await expect(readDrawKey(alone())).rejects.toThrow('64 bytes')
})

test('a key shared by several users is read in place, and created by none of them', async () => {
  const drawKeyFile = join(folder, 'shared.key')
  const shared = { dataDirectory: folder, splitRoles: { drawKeyFile } }
  await expect(readDrawKey(shared)).rejects.toThrow(
    `SELOSTE_DRAW_KEY is "${drawKeyFile}", which cannot be read (ENOENT)`,
  )
  expect(await readdir(folder)).toEqual([])
  await writeFile(drawKeyFile, Buffer.alloc(32, 5))
  expect(await readDrawKey(shared)).toEqual(Buffer.alloc(32, 5))
})
