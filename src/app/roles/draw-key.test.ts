import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDrawKey } from './draw-key.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-draw-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('however many processes start at once, they draw with one whole key, which only its owner reads', async () => {
  const keys = await Promise.all(Array.from({ length: 40 }, () => readDrawKey(folder)))
  expect(keys[0]).toHaveLength(32)
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
  expect(await readDrawKey(folder)).toEqual(keys[0])
  expect(await readdir(join(folder, 'capture'))).toEqual(['draw.key'])
  expect((await stat(join(folder, 'capture', 'draw.key'))).mode & 0o777).toBe(0o600)
})

test('with a key that was cut short nothing is drawn: whoever knows it knows every draw', async () => {
  await readDrawKey(folder)
  const path = join(folder, 'capture', 'draw.key')
  for (const bytes of [0, 16]) {
    await truncate(path, bytes)
    await expect(readDrawKey(folder)).rejects.toThrow(`draw.key has ${bytes} bytes instead of 32`)
  }
  await writeFile(path, Buffer.alloc(64))
  await expect(readDrawKey(folder)).rejects.toThrow('64 bytes')
})
