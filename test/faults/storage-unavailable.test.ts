/** K4 and K5: the database or the object store is unavailable, or a volume full, while calls are recorded. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { inBuckets, objectsUrl, testObjects } from '../objects/test-objects.ts'
import { startPacer } from '../simulator/pacer.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import { eventually } from '../whole/api.ts'
import { openCuttableConnection, runCaptureOn, type CaptureWithCuttableDatabase } from './run-capture.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const outageSeconds = Number(process.env['SELOSTE_AWAY_SECONDS'] ?? (isLong ? 600 : 2))
const callsAtOnce = isLong ? 50 : 3
const callSeconds = isLong ? 20 : 1
/**
 * Time after which a call's ports can be used again: they rest for five seconds, and a refused client does not retry at
 * once.
 */
const portQuarantineMs = 6_000
const testLine = '+35829497099'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
let root = ''
let capture: CaptureWithCuttableDatabase | undefined
let seed = 0
const mounted: string[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seloste-away-'))
  for (const name of ['data', 'objects']) await mkdir(join(root, name), { mode: 0o700 })
})
afterEach(async () => {
  await capture?.stop()
  capture = undefined
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path])
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
})

const folders = () => ({ data: join(root, 'data'), objects: join(root, 'objects') })

function call(options: { signal?: AbortSignal; seconds?: number } = {}): Promise<SentCall> {
  seed++
  return placeCall({
    seed,
    caller: `+3584013${String(10_000 + seed)}`,
    number: testLine,
    official: officialByKey('aino'),
    seconds: options.seconds ?? callSeconds,
    server: capture!.sip,
    pacer: startPacer(),
    record: 'hash',
    ...(options.signal && { signal: options.signal }),
  })
}

/** Places a call until it is accepted: on a busy machine, retries after the time in Retry-After. */
async function placeAcceptedCall(options: { signal?: AbortSignal; seconds?: number } = {}): Promise<SentCall> {
  for (;;) {
    const placed = await call(options)
    if (placed.outcome !== 'refused' || !refusingPressures().includes('event-loop')) return placed
    await wait(portQuarantineMs)
  }
}

/** Counts the packets that were sent, each once. */
function sentPackets(calls: readonly SentCall[]): number {
  const streams = calls.flatMap(({ sessions }) => sessions.flatMap((one) => one.streams))
  return streams.reduce((total, { counts }) => total + counts.packets - counts.lost - counts.keys, 0)
}

async function countInRegister(): Promise<{ recordings: number; received: number; lost: number; incomplete: number }> {
  const { rows } = await pool.query<{ recordings: number; received: number; lost: number; incomplete: number }>(
    `select count(*)::int as recordings, coalesce(sum(packets_received), 0)::int as received,
            coalesce(sum(packets_lost), 0)::int as lost, count(*) filter (where incomplete)::int as incomplete
     from recording where state = 'STORED'`,
  )
  return rows[0]!
}

/** Returns what reached the register since `start`, once it has this many more recordings. */
async function waitForArrivals(
  start: { recordings: number; received: number; lost: number; incomplete: number },
  count: number,
) {
  return eventually(
    async () => {
      const now = await countInRegister()
      if (now.recordings < start.recordings + count) return undefined
      const { recordings, received, lost, incomplete } = start
      return {
        recordings: now.recordings - recordings,
        received: now.received - received,
        lost: now.lost - lost,
        incomplete: now.incomplete - incomplete,
      }
    },
    'every recording in the register',
    300_000,
  )
}

/** Repeats rounds of simultaneous calls until the time is over; makes at least one round. */
async function placeCallsFor(seconds: number): Promise<SentCall[]> {
  const until = performance.now() + seconds * 1000
  const placed: SentCall[] = []
  do {
    if (placed.length > 0) await wait(portQuarantineMs)
    placed.push(...(await Promise.all(Array.from({ length: callsAtOnce }, () => call()))))
  } while (performance.now() < until)
  return placed
}

describe('K5: the database or the object store is unavailable while calls arrive and end', () => {
  test.each(['database', 'object store'] as const)(
    'the %s: no packet is lost, and everything is in the register once it is back',
    { timeout: (outageSeconds + 400) * 1000 },
    async (item) => {
      const { data, objects } = folders()
      const at = await testObjects(objects)
      const toStore = at.kind === 's3' ? await openCuttableConnection(new URL(at.endpoint ?? '')) : undefined
      const environment: Record<string, string> =
        at.kind === 's3' ? { OBJECTS_URL: objectsUrl({ ...at, endpoint: `http://127.0.0.1:${toStore!.port}` }) } : {}
      capture = await runCaptureOn(database, { data, objects }, environment)
      const before = await countInRegister()
      // Renames the store's folder: an unavailable store's folder is missing, and an empty folder there would be
      // another store.
      const makeUnavailable = async () => {
        if (item === 'database') return capture!.line.cut()
        if (toStore) return toStore.cut()
        await rename(objects, `${objects}-away`)
        await writeFile(objects, '')
      }
      const makeAvailable = async () => {
        if (item === 'database') return capture!.line.mend()
        if (toStore) return toStore.mend()
        await rm(objects)
        await rename(`${objects}-away`, objects)
      }

      const going = call({ seconds: callSeconds * 2 })
      await wait(200)
      await makeUnavailable()
      const request = [...(await placeCallsFor(outageSeconds)), await going]
      const waiting = (await readdir(join(data, 'capture/calls'))).length
      await makeAvailable()
      const backAt = performance.now()

      // A machine that is too slow refuses a call with Retry-After; no packet of accepted calls is lost.
      const placed = request.filter(({ outcome }) => outcome === 'completed')
      const refused = request.filter(({ outcome }) => outcome === 'refused').length
      expect(placed.length + refused).toBe(request.length)
      if (refused > 0) expect(isReported('"pressures":["event-loop"]')).toBe(true)
      expect(placed.length).toBeGreaterThan(0)
      expect(waiting).toBeGreaterThan(0)
      const found = await waitForArrivals(before, placed.length)
      const seconds = (performance.now() - backAt) / 1000
      expect(found).toEqual({ recordings: placed.length, received: sentPackets(placed), lost: 0, incomplete: 0 })
      if (isLong)
        console.log(
          `K5, ${item} away ${outageSeconds} s: ${placed.length} calls (${refused} refused with Retry-After), ${found.received} packets, 0 lost; in the register ${seconds.toFixed(0)} s after its return`,
        )
      expect(seconds).toBeLessThan(300)
    },
  )
})

/** Mounts a volume, which only root can do. */
function mount(path: string, megabytes: number): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path])
  if (status !== 0) throw new Error(`cannot mount a volume at ${path}: ${String(stderr)}`)
  mounted.push(path)
}

const canMount = (() => {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false
  const path = join(tmpdir(), `seloste-mount-${process.pid}`)
  const made = spawnSync('sh', [
    '-c',
    `mkdir "${path}" && mount -t tmpfs -o size=1m tmpfs "${path}" && umount "${path}"`,
  ])
  spawnSync('rmdir', [path])
  return made.status === 0
})()

describe.skipIf(!canMount)('K4: a volume is full while calls are recorded (needs root, to mount a volume)', () => {
  // A bucket is not on a volume of this machine.
  const volumes: readonly ('data' | 'objects')[] = inBuckets() ? ['data'] : ['data', 'objects']
  test.each(volumes)(
    'the volume of %s: calls in progress continue on the reserve, new calls get Retry-After, and everything works again once there is room',
    { timeout: 400_000 },
    async (volume) => {
      const { data, objects } = folders()
      mount(folders()[volume], 128)
      capture = await runCaptureOn(database, { data, objects })
      const before = await countInRegister()
      const reserve = join(data, 'capture/reserve')
      if (volume === 'data') await expect.poll(() => isThere(reserve), { timeout: 60_000 }).toBe(true)

      const hangUp = new AbortController()
      const going = [1, 2].map(() => placeAcceptedCall({ seconds: 300, signal: hangUp.signal }))
      await expect.poll(() => countCapturing(), { timeout: 60_000 }).toBe(2)
      const ballast = join(folders()[volume], 'ballast')
      await fill(ballast)
      await expect.poll(() => refusingPressures(), { timeout: 60_000 }).toContain('disk')
      expect((await call()).outcome).toBe('refused')
      if (volume === 'data') {
        await expect.poll(() => isThere(reserve), { timeout: 60_000 }).toBe(false)
        // Fills released space again too, except for what two calls write meanwhile.
        await wait(500)
      }
      hangUp.abort()
      const placed = await Promise.all(going)
      await rm(ballast)

      expect(await waitForArrivals(before, placed.length)).toEqual({
        recordings: placed.length,
        received: sentPackets(placed),
        lost: 0,
        incomplete: 0,
      })
      await expect.poll(() => refusingPressures(), { timeout: 60_000 }).not.toContain('disk')
      const after = await countInRegister()
      const next = await placeAcceptedCall()
      expect(next.outcome).toBe('completed')
      expect(await waitForArrivals(after, 1)).toMatchObject({ received: sentPackets([next]), lost: 0 })
      if (volume === 'data') await expect.poll(() => isThere(reserve), { timeout: 60_000 }).toBe(true)
    },
  )
})

const isReported = (text: string) => capture!.lines.some((line) => line.includes(text))

/** Returns the pressures for which capture last refused sessions. */
function refusingPressures(): string[] {
  const last = capture!.lines.findLast((line) =>
    /new sessions are refused because of pressure|new sessions are accepted again/.test(line),
  )
  return last === undefined ? [] : ((JSON.parse(last) as { pressures?: string[] }).pressures ?? [])
}

/** Counts the register's calls in state recording. */
async function countCapturing(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from recording where state = 'CAPTURING'`,
  )
  return rows[0]!.count
}

const isThere = (path: string) =>
  statfs(path).then(
    () => true,
    () => false,
  )

/** Fills the volume in a process of its own, so that calls continue in this process meanwhile. */
async function fill(path: string): Promise<void> {
  const filling = spawn('dd', ['if=/dev/zero', `of=${path}`, 'bs=64k'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  filling.stderr.on('data', (part: Buffer) => (text += part.toString()))
  await once(filling, 'close')
  if (!text.includes('No space left')) throw new Error(`the volume is not full: ${text}`)
}
