import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { alawSamples } from '#register/recordings/decode-g711.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { createRecordingWriter } from '#register/recordings/recording-writer.ts'
import { renderAudio } from '#register/recordings/render-audio.ts'
import { isClockShifted } from '#test/house/shift-clock.ts'
import { findPorts } from '#test/whole/free-ports.ts'
import { createPortAllocator } from './allocate-ports.ts'
import { receiveStream } from './receive-stream.ts'

const address = '127.0.0.1'
const codecs = [{ payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const]

test('the sealed recording plays what two senders sent over the network, and the senders get receiver reports', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'seloste-rtp-'))
  const { identity, recipient } = generateKeyPair()
  const allocator = createPortAllocator({ address, firstPort: 21_000, lastPort: 21_999 })
  const writer = await createRecordingWriter({
    id: 'r',
    directory,
    intakePublicKey: recipient,
    startedAt: Temporal.Instant.from('2026-03-02T09:00:00Z'),
  })
  writer.mark('mapping', 0, { streams: { 0: 'caller', 1: 'official' } })
  const started = performance.now()
  const arrival100us = () => Math.round((performance.now() - started) * 10)
  const sent = [0, 1].map(() => Array.from({ length: 60 }, (_, n) => Buffer.alloc(160, n * 4 + 1)))
  const reports: Buffer[] = []
  const streams = await Promise.all(
    sent.map(async (packets, stream) => {
      const ports = await allocator.allocate()
      if (ports === 'no-port-left') throw new Error(ports)
      const sender = createSocket('udp4').bind(0, address)
      await once(sender, 'listening')
      const rtcp = createSocket('udp4').bind(sender.address().port + 1, address)
      rtcp.on('message', (bytes) => reports.push(bytes))
      rtcp.on('error', () => {})
      const peer = { address, port: sender.address().port }
      const received = receiveStream({
        stream,
        peer,
        codecs,
        recording: writer,
        ports,
        arrival100us,
        ssrc: 5,
        cname: 'x',
        reportMs: 300,
      })
      for (const [n, payload] of packets.entries()) {
        const head = Buffer.from([0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, stream])
        head.writeUInt16BE((65_500 + n) & 0xffff, 2)
        head.writeUInt32BE((0xfffff000 + n * 160) >>> 0, 4)
        sender.send(Buffer.concat([head, payload]), ports.port, address)
        await sleep(Math.max(0, started + n * 20 - performance.now()))
      }
      await received.drain(100)
      sender.close()
      rtcp.close()
      return received
    }),
  )
  for (const received of streams)
    expect(received.report()).toMatchObject({ received: 60, lost: 0, invalid: 0, foreign: 0 })
  expect(allocator.inUse).toBe(0)
  expect(reports.length).toBeGreaterThan(2)
  expect(reports.at(-1)!.subarray(0, 2)).toEqual(Buffer.from([0x81, 201]))
  expect(reports.at(-1)!.readUInt32BE(16)).toBeGreaterThan(65_500)

  const { bodyPath, headerPath } = await writer.finish(arrival100us())
  const body = readFileSync(bodyPath)
  const fileKey = readAgeHeader(readFileSync(headerPath), identity)
  const opened = await openPayload(fileKey, body.length, async (at, n) => body.subarray(at, at + n))
  const index = await indexRecording(opened)
  const pcm = await renderAudio(index, opened.openChunk, 0, index.durationSamples)
  for (const [stream, packets] of sent.entries()) {
    const at = index.sources.find((source) => source.stream === stream)!.anchors[0]!.anchor
    const received = Array.from({ length: 9600 }, (_, i) => pcm.readInt16LE((at + i) * 4 + 2 * stream))
    expect(received).toEqual(packets.flatMap((bytes) => [...bytes].map((code) => alawSamples[code]!)))
  }
  rmSync(directory, { recursive: true })
})

test('ports are allocated in even pairs, quarantined after use, and refused when exhausted', async () => {
  let now = 0
  const { firstRtp } = await findPorts()
  const allocator = createPortAllocator({
    address,
    firstPort: firstRtp - 1,
    lastPort: firstRtp + 3,
    now: () => now,
    random: () => 0.99,
  })
  const first = await allocator.allocate()
  const second = await allocator.allocate()
  if (first === 'no-port-left' || second === 'no-port-left') throw new Error('no free port')
  expect([first.port, second.port].sort()).toEqual([firstRtp, firstRtp + 2])
  expect(first.rtcp.address().port).toBe(first.port + 1)
  expect(await allocator.allocate()).toBe('no-port-left')
  first.release()
  first.release()
  expect(await allocator.allocate()).toBe('no-port-left')
  now = 6000
  const again = await allocator.allocate()
  expect(again).toMatchObject({ port: first.port })
  if (again !== 'no-port-left') again.release()
  second.release()
})

/** Opens a stream on its own ports, with a recording that discards its packets. */
async function listen(host: string, peer: { address: string; port: number }) {
  const ports = await createPortAllocator({ address: host, firstPort: 22_000, lastPort: 22_999 }).allocate()
  if (ports === 'no-port-left') throw new Error(ports)
  const recording = { source: () => undefined, packet: () => true, omitted: () => undefined }
  const common = { stream: 0, codecs: [...codecs], arrival100us: () => Math.round(performance.now() * 10) }
  return { ports, stream: receiveStream({ ...common, ports, peer, recording, ssrc: 5, cname: 'x', reportMs: 5 }) }
}

test('a peer at port 65535 gets no receiver reports, and nothing fails', async () => {
  const { stream } = await listen(address, { address, port: 65_535 })
  await sleep(40)
  stream.close()
})

test('a dual-stack socket records an IPv4 peer and sends reports to it', async () => {
  const sender = createSocket('udp4').bind(0, address)
  await once(sender, 'listening')
  const { ports, stream } = await listen('::', { address, port: sender.address().port })
  for (let n = 0; n < 3; n++) sender.send(Buffer.from([0x80, 8, 0, n, 0, 0, 0, n, 0, 0, 0, 9, 1]), ports.port, address)
  await expect.poll(() => stream.report(), { interval: 10 }).toMatchObject({ received: 3, foreign: 0 })
  stream.close()
  sender.close()
})

/** RTP of one source, a packet each 20 ms of its clock. */
function voice(n: number): Buffer {
  return Buffer.from([0x80, 8, 0, n, 0, 0, n >> 1, (n & 1) * 160, 0, 0, 0, 9, n])
}

async function sender() {
  const socket = createSocket('udp4').bind(0, address)
  await once(socket, 'listening')
  const send = (bytes: Buffer, to: number) =>
    new Promise<void>((resolve) => socket.send(bytes, to, address, () => resolve()))
  return { port: socket.address().port, send, close: () => socket.close() }
}

// The kernel's arrival times are never shifted.
test.runIf(process.platform === 'linux' && !isClockShifted())(
  'a packet that arrived before the end of its stream is kept with its arrival time, however late it is processed',
  async () => {
    const from = await sender()
    const ports = await createPortAllocator({ address, firstPort: 22_000, lastPort: 22_999 }).allocate()
    if (ports === 'no-port-left') throw new Error(ports)
    const arrivals: number[] = []
    const recording = {
      source: () => undefined,
      packet: (...[, , , , , arrival]: [number, number, boolean, number, number, number, ...unknown[]]) =>
        arrivals.push(arrival) > 0,
      omitted: () => undefined,
    }
    const started = performance.now()
    const arrival100us = () => Math.round((performance.now() - started) * 10)
    const peer = { address, port: from.port }
    const common = { stream: 0, codecs: [...codecs], ssrc: 5, cname: 'x' }
    const stream = receiveStream({ ...common, ports, peer, recording, arrival100us })
    const sent: { from: number; until: number }[] = []
    for (let n = 0; n < 5; n++) {
      const before = arrival100us()
      await from.send(voice(n), ports.port)
      sent.push({ from: before, until: arrival100us() })
      // Blocks the event loop.
      for (const until = performance.now() + 30; performance.now() < until;);
    }
    stream.close()
    expect(stream.report()).toMatchObject({ received: 5, lost: 0 })
    // Ten milliseconds of tolerance, because two clocks are compared on a loaded machine. Processing was thirty late.
    for (const [n, arrival] of arrivals.entries()) {
      expect(arrival).toBeGreaterThanOrEqual(sent[n]!.from - 100)
      expect(arrival).toBeLessThanOrEqual(sent[n]!.until + 100)
    }
    from.close()
  },
)

test('a packet that was processed before the next recording began belongs to the previous one', async () => {
  const from = await sender()
  const { ports, stream } = await listen(address, { address, port: from.port })
  for (let n = 0; n < 3; n++) await from.send(voice(n), ports.port)
  await sleep(80)
  await from.send(voice(3), ports.port)
  await sleep(1)
  stream.deliverWaiting()
  expect(stream.report().received).toBe(4)
  stream.beginAnew(0)
  await from.send(voice(4), ports.port)
  await expect.poll(() => stream.report()).toMatchObject({ received: 1, lost: 0 })
  stream.close()
  from.close()
})
