/**
 * OPTIONS requests that check whether capture is available are answered ahead of waiting calls (RFC 3261 section 11),
 * over real sockets.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLoopbackRecorder, type LoopbackRecorder } from '#test/attacks/loopback-recorder.ts'
import { everyCall, written } from './wired-recorder.ts'

const calls = 300
let folder = ''
let recorder: LoopbackRecorder

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-keepalives-'))
  recorder = await openLoopbackRecorder(folder, { firstPort: 13_000, lastPort: 16_999, description: () => everyCall })
})
afterEach(async () => {
  await recorder.stop()
  await rm(folder, { recursive: true })
})

test(
  'OPTIONS sent after 300 new calls are answered first, and each call is answered',
  { timeout: 60_000 },
  async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    socket.setRecvBufferSize(4 * 1024 * 1024)
    const { port } = socket.address()
    /** Final answer that arrived first, by Call-ID. */
    const finals = new Map<string, string>()
    const sentMs = performance.now()
    let optionsMs = 0
    socket.on('message', (bytes) => {
      const text = bytes.toString('latin1')
      const callId = /^Call-ID: (.*)\r$/im.exec(text)?.[1] ?? ''
      const status = text.slice(8, 11)
      if (Number(status) < 200 || finals.has(callId)) return
      if (callId === 'alive') optionsMs = performance.now() - sentMs
      finals.set(callId, status)
    })
    const send = (text: string) =>
      new Promise((resolve) => socket.send(Buffer.from(text, 'latin1'), recorder.sipPort, '127.0.0.1', resolve))
    const sending = Array.from({ length: calls }, (_, n) =>
      send(
        written('rfc7865-baseline', {
          ...{ 'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP 127.0.0.1:${port}`, z9hG4bKrec: `z9hG4bKmany${n}` },
          ...{ 'rec-1': `many-${n}`, 'tag=a1': `tag=m${n}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
          'c2Vzc2lvbi1vbmUtMDAwMQ==': Buffer.from(`many-${n}`).toString('base64'),
          'Z3JvdXAtb25lLTAwMDAwMQ==': Buffer.from(`group-${n}`).toString('base64'),
          ab30317f1a784dc48ff824d0d3715d86: `${n}`.padStart(32, '0'),
        }),
      ),
    )
    await Promise.all(sending)
    await send(
      `OPTIONS sip:srs@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKalive\r\nFrom: <sip:a@b>;tag=o\r\n` +
        'To: <sip:srs@127.0.0.1>\r\nCall-ID: alive\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n',
    )
    await vi.waitFor(() => expect(finals.size).toBe(calls + 1), { timeout: 50_000, interval: 20 })
    const allMs = performance.now() - sentMs
    socket.close()
    // If OPTIONS were queued behind the calls, answering would take most of the total time.
    expect(optionsMs).toBeLessThan(allMs / 3)
    expect(new Set(finals.values())).toEqual(new Set(['200']))
  },
)
