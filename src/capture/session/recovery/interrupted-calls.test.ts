import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callFacts } from '#test/database/people.ts'
import { saveInterruptedCalls, loadInterruptedCalls } from './interrupted-calls.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-interrupted-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('calls saved at a planned stop can be loaded once', async () => {
  const path = join(folder, 'interrupted.json')
  const { endedAt: _going, ...going } = callFacts()
  await saveInterruptedCalls(path, [going])
  expect(await loadInterruptedCalls(path)).toEqual([going])
  expect(await loadInterruptedCalls(path)).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

test('an unreadable file counts as no interrupted calls', async () => {
  const path = join(folder, 'interrupted.json')
  await writeFile(path, '["{')
  expect(await loadInterruptedCalls(path)).toEqual([])
})
