/** Offers with payload types that have no rtpmap, over real ports: what is answered, recorded and reported. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isSilent } from '#register/recordings/recording-index.ts'
import { everyCall, inDialog, openWiredRecorder, sized, written, type WiredRecorder } from './wired-recorder.ts'

let folder = ''
let recorder: WiredRecorder
const socket = createSocket('udp4').bind(0, '127.0.0.1')
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-offered-'))
  recorder = await openWiredRecorder(folder, { firstPort: 23_400, description: () => everyCall })
  if (!isBound()) await once(socket, 'listening')
})
afterAll(async () => {
  socket.close()
  await recorder.stop()
  await rm(folder, { recursive: true })
})

function isBound(): boolean {
  try {
    return socket.address().port > 0
  } catch {
    return false
  }
}

/** Every sample is audible in A-law and in µ-law. */
const speech = Buffer.alloc(160, 0x2a)

test.each([
  { offered: '4 0 8 101', answered: '0 8 101', sends: Array(9).fill(4), unplayedMs: 180, silent: true },
  { offered: '4 0 8 101', answered: '0 8 101', sends: Array(9).fill(0), unplayedMs: 0, silent: false },
  { offered: '2 0 8 101', answered: '0 8 2 101', sends: Array(9).fill(2), unplayedMs: 0, silent: false },
  { offered: '8 101', answered: '8 101', sends: [8, 8, 8, 8, 101], unplayedMs: 0, silent: false },
  { offered: '8 19', answered: '8 19', sends: [8, 8, 8, 8, 19], unplayedMs: 0, silent: false },
  { offered: '8 97', answered: '8', sends: [97, 8, 8, 8, 8], unplayedMs: 20, silent: false },
  { offered: '18 0 8', answered: '0 8', sends: [0, 0, 0, 0], unplayedMs: 0, silent: false },
])('RTP/AVP $offered is answered $answered, and of $sends the rest is reported', async (given) => {
  const { port } = socket.address()
  const n = recorder.segments().length
  const opening = sized(
    written('rfc7865-baseline', { 'c=IN IP4 192.0.2.10': 'c=IN IP4 127.0.0.1' })
      .replace(/^Call-ID: .*$/im, `Call-ID: offered-${n}`)
      .replaceAll(/session_id="[^"]*"/g, `session_id="s${n}"`)
      .replace(/m=audio 40000[^]*?(?=a=label:1)/, `m=audio ${port} RTP/AVP ${given.offered}\r\n`)
      .replace(/m=audio 40002[^]*?(?=--)/, ''),
  )
  const { sdp, to } = await recorder.exchange(opening)
  const [, ours, formats] = /m=audio (\d+) RTP\/AVP (.*)\r/.exec(sdp)!
  expect(formats).toBe(given.answered)
  recorder.call.send(Buffer.from(inDialog(opening, 'ACK', to, 1)), { address: '192.0.2.10' })
  for (const [at, payloadType] of given.sends.entries()) {
    const head = Buffer.alloc(12)
    head.set([0x80, payloadType])
    head.writeUInt16BE(at, 2)
    head.writeUInt32BE(at * 160, 4)
    head.writeUInt32BE(n + 1, 8)
    await new Promise((resolve) => socket.send(Buffer.concat([head, speech]), Number(ours), '127.0.0.1', resolve))
  }
  await recorder.exchange(inDialog(opening, 'BYE', to, 2))
  await vi.waitFor(() => expect(recorder.segments()[n]?.recording?.stored).toBeDefined(), { timeout: 20_000 })
  const { index } = await recorder.opened(recorder.segments()[n])
  expect({ unplayedMs: index.unplayedMs, silent: isSilent(index) }).toEqual({
    unplayedMs: given.unplayedMs,
    silent: given.silent,
  })
  expect(Number.isSafeInteger(index.durationSamples)).toBe(true)
})
