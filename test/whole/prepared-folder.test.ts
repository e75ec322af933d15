import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { copyPrepared, preparedVariable } from './prepared-folder.ts'

let folder: string
let target: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-prepared-'))
  target = join(folder, 'target')
  await mkdir(target)
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'data/key'), 'k')
  vi.stubEnv(preparedVariable, folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test('waits for a folder that is being prepared', async () => {
  const copied = copyPrepared(target)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await readdir(target)).toEqual([])
  await writeFile(join(folder, 'ready'), '')
  await copied
  expect(await readdir(target)).toEqual(['key'])
})

test('starts a new installation if the folder could not be prepared, or no run prepares it', async () => {
  await writeFile(join(folder, 'failed'), '')
  await copyPrepared(target)
  vi.stubEnv(preparedVariable, undefined)
  await copyPrepared(target)
  expect(await readdir(target)).toEqual([])
})
