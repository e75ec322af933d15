/**
 * F: strangers send endless requests, start handshakes without finishing them, and send single bytes, while calls are
 * recorded.
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sipLimits } from '#capture/sip/server.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeAuthority } from '../conformance/sip/make-certificates.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { startPacer } from '../simulator/pacer.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import { eventually } from '../whole/api.ts'
import { runCaptureOn, type CaptureWithCuttableDatabase } from './run-capture.ts'
import type { FloodAnswered, FloodOrder } from './send-flood.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const invitesPerSecond = 10_000
const invites = isLong ? 30 * invitesPerSecond : 4_000
const halfOpen = isLong ? 400 : 40
const callsInProgress = isLong ? 50 : 3
const testLine = '+35829497099'
const stranger = '127.0.0.66'

const database = await createTestDatabase<RegisterTables>()
let folder = ''
let capture: CaptureWithCuttableDatabase
const sockets: Socket[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-flood-'))
  const server = makeAuthority('server authority').issue({ name: 'recorder.example' })
  const files = { CERTIFICATE: server.cert, KEY: server.key, CLIENTS: makeAuthority('trunks').certificate }
  const environment: Record<string, string> = {}
  for (const [name, text] of Object.entries(files)) {
    environment[`SELOSTE_SIPS_${name}`] = join(folder, name)
    await writeFile(join(folder, name), text, { mode: 0o600 })
  }
  const folders = { data: join(folder, 'data'), objects: join(folder, 'objects') }
  for (const path of Object.values(folders)) await mkdir(path, { mode: 0o700 })
  capture = await runCaptureOn(database, folders, environment)
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await capture.stop()
  await rm(folder, { recursive: true, force: true })
})

const call = (seed: number, seconds: number, signal?: AbortSignal) =>
  placeCall({
    seed,
    caller: `+3584015${String(10_000 + seed)}`,
    number: testLine,
    official: officialByKey('aino'),
    seconds,
    server: capture.sip,
    pacer: startPacer(),
    record: 'hash',
    ...(signal && { signal }),
  })

test(
  `${invites.toLocaleString('en')} INVITEs of a stranger, half-open TLS and fragments: calls in progress lose no packet`,
  { timeout: 600_000 },
  async () => {
    const hangUp = new AbortController()
    const going: Promise<SentCall>[] = []
    while (going.length < callsInProgress) going.push((await startCall(going.length, hangUp.signal)).sentCall)

    for (let n = 0; n < halfOpen; n++) {
      // Half of the connections start a handshake and stop; the others send a byte of a request now and then.
      const isTls = n % 2 === 0
      const socket = connect({
        port: isTls ? capture.sipsPort : capture.sip.port,
        host: '127.0.0.1',
        localAddress: stranger,
      })
      socket.on('error', () => undefined)
      socket.write(isTls ? Buffer.from('16030100', 'hex') : 'INVITE sip:')
      sockets.push(socket)
    }
    const order: FloodOrder = { address: stranger, port: capture.sip.port, invites, perSecond: invitesPerSecond }
    const flood = new Worker(new URL('./send-flood.ts', import.meta.url), { workerData: order })
    const drip = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write('x')
    }, 200)
    const answered = once(flood, 'message') as Promise<[FloodAnswered]>
    const during = await call(callsInProgress, 1)
    const [{ seconds, secondsInAll, served, refusals, retryAfter }] = await answered
    clearInterval(drip)
    hangUp.abort()
    // A machine that is too slow for more calls answers with Retry-After.
    if (during.outcome === 'refused') expect(capture.lines.join('\n')).toMatch('"pressures":["event-loop"]')
    else expect(during.outcome).toBe('completed')
    const placed = [...(await Promise.all(going)), during].filter(({ outcome }) => outcome !== 'refused')
    expect(placed.length).toBeGreaterThanOrEqual(callsInProgress)
    // The flooding source is served as much as the rate limit allows in that time, however slowly the machine sends.
    // Its refusals have Retry-After, and the rest of its requests is dropped.
    const { newRequestsBurst, newRequestsPerSecond } = sipLimits
    expect(served).toBeLessThanOrEqual(newRequestsBurst + newRequestsPerSecond * secondsInAll)
    expect(served + refusals).toBeGreaterThan(0)
    expect(retryAfter).toBe(refusals)
    const streams = placed.flatMap(({ sessions }) => sessions.flatMap((one) => one.streams))
    const packets = streams.reduce((total, { counts }) => total + counts.packets - counts.lost - counts.keys, 0)
    await eventually(async () => ((await count('STORED')) === placed.length ? true : undefined), 'all stored', 60_000)
    const { rows } = await database
      .as()
      .pool.query<{ received: number; lost: number }>(
        'select sum(packets_received)::int as received, sum(packets_lost)::int as lost from recording',
      )
    expect(rows).toEqual([{ received: packets, lost: 0 }])
    if (isLong)
      console.log(
        `F: ${invites.toLocaleString('en')} INVITEs in ${seconds.toFixed(0)} s (${(invites / seconds).toFixed(0)} a second), ${halfOpen} half-open or slow connections: ${placed.length} calls (the one during it: ${during.outcome}), ${packets.toLocaleString('en')} packets, 0 lost; ${served} served, ${refusals} refusals, all with Retry-After`,
      )
  },
)

/** Starts a call; on a machine that is too slow, retries after the time in Retry-After. */
async function startCall(n: number, signal: AbortSignal): Promise<{ sentCall: Promise<SentCall> }> {
  for (let tried = 0; ; tried++) {
    const sentCall = call(100 * tried + n, 600, signal)
    const refused = sentCall.then(({ outcome }) => outcome === 'refused')
    const isInProgress = await eventually(
      async () =>
        (await count('CAPTURING')) > n ? true : (await Promise.race([refused, wait(50)])) ? false : undefined,
      'a call in progress',
      60_000,
    )
    if (isInProgress) return { sentCall }
    await wait(1_000)
  }
}

async function count(state: string): Promise<number> {
  const { rows } = await database
    .as()
    .pool.query<{ count: number }>('select count(*)::int as count from recording where state = $1', [state])
  return rows[0]!.count
}
