import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './lock-folder.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder is locked by one process until it releases it', () => {
  const first = lockFolder(folder)
  expect(lockFolder(folder)).toEqual({ kind: 'in-use', pid: String(process.pid) })
  if (first.kind === 'ours') first.release()
  const second = lockFolder(folder)
  expect(second.kind).toBe('ours')
  if (second.kind === 'ours') second.release()
})

test('a killed process has released its folder, even if another has its pid', async () => {
  const code = `import { lockFolder } from ${JSON.stringify(fileURLToPath(new URL('./lock-folder.ts', import.meta.url)))}
    console.log(lockFolder(${JSON.stringify(folder)}).kind); setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  expect(lockFolder(folder)).toEqual({ kind: 'in-use', pid: String(child.pid) })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = lockFolder(folder)
  expect(lock.kind).toBe('ours')
  if (lock.kind === 'ours') lock.release()
})
