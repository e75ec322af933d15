import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchHeartbeats } from './watch-heartbeats.ts'

let folder = ''
let child: ChildProcess
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'seloste-alive-'))))
afterEach(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

async function start(program: string): Promise<ChildProcess> {
  const path = join(folder, 'child.mjs')
  await writeFile(path, program)
  child = fork(path)
  await once(child, 'message')
  return child
}

test('a process whose event loop hangs is killed, so that it is restarted', async () => {
  await start(
    "process.send('ready'); setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20)",
  )
  const hung: number[] = []
  const exited = once(child, 'exit')
  watchHeartbeats(child, { everyMs: 20, maxSilentChecks: 5, onHung: (silentChecks) => hung.push(silentChecks) })
  expect(await exited).toEqual([null, 'SIGKILL'])
  expect(hung).toEqual([6]) // The first check beyond the maximum of five.
})

test('a process that sends heartbeats is not killed, and a process that has exited is not reported as hung', async () => {
  await start("setInterval(() => process.send('alive'), 1); setTimeout(() => process.exit(3), 300)")
  const hung: number[] = []
  const exited = once(child, 'exit')
  watchHeartbeats(child, { everyMs: 50, maxSilentChecks: 50, onHung: (silentChecks) => hung.push(silentChecks) })
  expect(await exited).toEqual([3, null])
  expect(hung).toEqual([])
})
