/**
 * Power loss (K3): a whole Seloste on a disk of its own, whose bytes are copied while every process is stopped. What
 * was acknowledged before must be on the copy: calls, destructions, the log, keys; a call in progress as far as it was
 * written.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from '../whole/api.ts'
import { startSeloste, type RunningSeloste } from '../whole/start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const isLong = process.env['SELOSTE_LONG'] === '1'
const missing = isLong ? missingDisk() : ' (long run only)'
const rounds = 5
const samplesPerSecond = 8_000

/** Returns the reason why no disk can be made, as a suffix of the title: only root can mount a file as a disk. */
function missingDisk(): string {
  if (process.getuid?.() !== 0) return ' (not tested: only root mounts a disk)'
  const folder = mkdtempSync(join(tmpdir(), 'seloste-disk-'))
  try {
    makeDisk(join(folder, 'disk'), 64)
    mkdirSync(join(folder, 'mount'))
    mount(join(folder, 'disk'), join(folder, 'mount'))
    run('umount', join(folder, 'mount'))
    return ''
  } catch {
    return ' (not tested: this machine mounts no disk of a file)'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function makeDisk(file: string, mebibytes: number): void {
  run('truncate', '-s', `${mebibytes}M`, file)
  run('mkfs.ext4', '-q', '-F', file)
}

/** Mounts a file as a disk. Data that are not synced stay in memory for five minutes. */
function mount(file: string, at: string): void {
  run('mount', '-o', 'loop,commit=300', file, at)
}

/** Returns a process and all its descendants. */
function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const]
      } catch {
        return []
      }
    })
  const found = [pid]
  for (const one of found) found.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child))
  return found
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // The process has exited by itself.
    }
  }
}

function runSeloste(data: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { ...process.env, SELOSTE_DATA: data },
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

function call(running: RunningSeloste, caller: string, seconds: number) {
  const official = officialByKey('aino')
  return placeCall({
    seed: caller,
    caller,
    number: '+35829497099',
    official,
    seconds,
    server: running.sip,
    transport: 'udp',
  })
}

const found = (api: Api, caller: string, state: string): Promise<ContactShape> =>
  eventually(
    async () => {
      const [one] = await api.contacts({ purpose: 'QUALITY', caller })
      return one?.segments[0]?.recording.state === state ? one : undefined
    },
    `${caller} ${state}`,
    60_000,
  )
const recordingOf = (contact: ContactShape) => contact.segments[0]?.recording.id ?? ''

/** Copies everything at one moment to another disk, and ends all processes. */
function losePower(running: RunningSeloste, disk: string, at: string): string {
  const pids = descendantsOf(running.pid)
  signal(pids, 'SIGSTOP')
  const copy = `${disk}.after`
  run('cp', '--sparse=always', disk, copy)
  signal(pids, 'SIGKILL')
  signal(pids, 'SIGCONT')
  run('umount', '-l', at)
  return copy
}

test.skipIf(missing !== '')(
  `everything acknowledged before a power loss is there after it${missing}`,
  { timeout: rounds * 300_000 },
  async () => {
    const folder = mkdtempSync(join('/tmp', 'seloste-power-'))
    const at = join(folder, 'mounted')
    mkdirSync(at)
    // The database's own user must be able to enter the folder.
    chmodSync(folder, 0o755)
    let disk = join(folder, 'disk')
    makeDisk(disk, 2048)
    mount(disk, at)
    const data = join(at, 'data')
    mkdirSync(data, { mode: 0o711 })
    const checkpoint = join(folder, 'checkpoint')
    let running = await startSeloste({ dataDirectory: data })
    const { ports } = running
    try {
      for (let round = 0; round < rounds; round++) {
        const callers = ['1', '2', '3'].map((nth) => `+35840124${round}00${nth}`) as [string, string, string]
        const [heldCaller, forbiddenCaller, ongoingCaller] = callers
        let sari = await signInAt(running.url, 'sari', running.password)
        await Promise.all([call(running, heldCaller, 2), call(running, forbiddenCaller, 2)])
        const held = await found(sari, heldCaller, 'available')
        const sound = (await sari.listen(recordingOf(held), 'QUALITY')).caller
        const forbidden = await found(sari, forbiddenCaller, 'available')
        const ongoing = call(running, ongoingCaller, 30).catch(() => undefined)
        await wait(6_000)
        const aino = await signInAt(running.url, 'aino', running.password)
        const wish = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
        const answered = await aino.call('POST', `/api/recordings/${recordingOf(forbidden)}/prohibitions`, wish)
        expect(answered.status).toBe(200)
        // Loses power sometimes after the destruction, sometimes during it.
        await wait(Math.random() * 1_500)
        writeFileSync(checkpoint, readFileSync(join(data, 'audit-log/checkpoint')))

        disk = losePower(running, disk, at)
        await running.stop()
        await ongoing
        mount(disk, at)
        running = await startSeloste({ dataDirectory: data, ports })

        sari = await signInAt(running.url, 'sari', running.password)
        const again = await found(sari, heldCaller, 'available')
        expect((await sari.listen(recordingOf(again), 'QUALITY')).caller).toEqual(sound)
        await found(sari, forbiddenCaller, 'destroyed')
        const cutShort = await found(sari, ongoingCaller, 'available')
        const received = (await sari.listen(recordingOf(cutShort), 'QUALITY')).caller.length / samplesPerSecond
        expect(received).toBeGreaterThan(4.5)
        await eventually(
          async () => (runSeloste(data, 'recordings', 'verify').status === 0 ? true : undefined),
          'recordings that all verify',
          90_000,
        )
        const log = runSeloste(data, 'audit', 'verify', '--checkpoint', checkpoint)
        expect(log.status, log.output).toBe(0)
      }
    } finally {
      await running.stop()
      spawnSync('umount', ['-l', at])
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
