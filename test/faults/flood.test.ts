/** F: strangers who ask without end, begin what they do not end, and send a byte at a time, while calls are recorded. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { request } from '../conformance/sip/caller.ts'
import { makeAuthority } from '../conformance/sip/make-certificates.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { startPacer } from '../simulator/pacer.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { eventually } from '../whole/api.ts'
import { runCaptureOn, type CaptureOnALine } from './run-capture.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const perSecond = 10_000
const invites = isLong ? 30 * perSecond : 4_000
const halfOpen = isLong ? 400 : 40
const running = isLong ? 50 : 3
const everyMs = 10
const testLine = '+35829497099'
const stranger = '127.0.0.66'

const database = await createTestDatabase<RegisterTables>()
let folder = ''
let capture: CaptureOnALine
const sockets: Socket[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-flood-'))
  const ours = makeAuthority('our authority').issue({ name: 'recorder.example' })
  const files = { CERTIFICATE: ours.cert, KEY: ours.key, CLIENTS: makeAuthority('trunks').certificate }
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
    keep: 'hash',
    ...(signal && { signal }),
  })

test(
  `${invites.toLocaleString('en')} INVITEs of a stranger, half-open TLS and fragments: running calls lose nothing, and a new one is taken`,
  { timeout: 600_000 },
  async () => {
    const hangUp = new AbortController()
    const going = Array.from({ length: running }, (_, n) => call(n, 600, hangUp.signal))
    await eventually(async () => ((await count('CAPTURING')) === running ? true : undefined), 'calls going on', 60_000)

    let refusals = 0
    let retryAfter = 0
    const flood = createSocket('udp4')
    flood.on('message', (bytes) => {
      const text = bytes.toString('latin1')
      if (!text.startsWith('SIP/2.0 503')) return
      refusals++
      if (/^Retry-After: \d+\r$/m.test(text)) retryAfter++
    })
    flood.bind(0, stranger)
    await once(flood, 'listening')
    for (let n = 0; n < halfOpen; n++) {
      // Half of them begin a handshake and do not go on; the others say a byte of a request now and then.
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
    let sent = 0
    const beganAt = performance.now()
    let during: ReturnType<typeof call> | undefined
    while (sent < invites) {
      // As many as the time that has gone wants; a late turn is not made up for in one heap.
      const due = Math.min(invites, Math.ceil(((performance.now() - beganAt + everyMs) / 1000) * perSecond), sent + 400)
      for (; sent < due; sent++)
        flood.send(
          request(
            'INVITE',
            {
              'call-id': `flood-${sent}`,
              branch: `z9hG4bKflood${sent}`,
              'content-type': 'text/plain',
              via: `SIP/2.0/UDP ${stranger}:${flood.address().port};branch=z9hG4bKflood${sent};rport`,
            },
            'good day',
          ),
          capture.sip.port,
          '127.0.0.1',
        )
      for (const socket of sockets) if (!socket.destroyed && sent % 2_000 < 100) socket.write('x')
      if (sent > invites / 2) during ??= call(running, 1)
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
    const seconds = (performance.now() - beganAt) / 1000
    expect((await during)?.outcome).toBe('completed')
    hangUp.abort()
    const placed = [...(await Promise.all(going)), (await during)!]
    flood.close()

    expect(refusals).toBeGreaterThan(0)
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
        `F: ${invites.toLocaleString('en')} INVITEs in ${seconds.toFixed(0)} s (${(invites / seconds).toFixed(0)} a second), ${halfOpen} half-open or slow connections: ${placed.length} calls, ${packets.toLocaleString('en')} packets, 0 lost; ${refusals} refusals, all with Retry-After`,
      )
  },
)

async function count(state: string): Promise<number> {
  const { rows } = await database
    .as()
    .pool.query<{ count: number }>('select count(*)::int as count from recording where state = $1', [state])
  return rows[0]!.count
}
