import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Pacer } from './pacer.ts'
import { openMediaPort, type MediaPort } from './media-port.ts'
import { startSending } from './send-media.ts'
import type { MediaFaults } from './send-stream.ts'
import { arrivedSound } from './sent-call.ts'
import type { Codec, Direction } from './session-description.ts'
import { loadDialogue, makeTone, type Sound } from './sound.ts'

const ports: MediaPort[] = []
afterEach(() => {
  for (const { socket } of ports.splice(0)) socket.close()
})

async function openPort() {
  const port = await openMediaPort('127.0.0.1')
  ports.push(port)
  return port
}

/** Clock that moves only when the test advances it. */
function manualPacer() {
  let nowMs = 0
  let task: { dueMs: number; run: (nowMs: number) => number | undefined } | undefined
  const pacer: Pacer = {
    nowMs: () => nowMs,
    latestMs: () => 0,
    add: (dueMs, run) => (task = { dueMs, run }),
  }
  const advance = (ms: number) => {
    for (const end = nowMs + ms; ;) {
      if (!task || task.dueMs >= end) return (nowMs = end)
      nowMs = task.dueMs
      const next = task.run(nowMs)
      task = next === undefined ? undefined : { ...task, dueMs: next }
    }
  }
  return { pacer, advance }
}

async function start(faults: MediaFaults, sound: Sound = makeTone(1), codec: Codec = 'pcma') {
  const [from, to] = [await openPort(), await openPort()]
  const arrived: Buffer[] = []
  to.socket.on('message', (bytes) => arrived.push(bytes))
  const { pacer, advance } = manualPacer()
  const answer = (direction: Direction) => [
    { label: '1', address: { host: '127.0.0.1', port: to.port }, direction, payloadTypes: [8] },
  ]
  const streams = [{ who: 'caller' as const, label: '1', media: from }]
  const sending = startSending({
    pacer,
    sound,
    codec,
    streams,
    answer: answer('recvonly'),
    faults,
    seed: 5,
    record: 'payloads',
  })
  const stop = async () => {
    const [stream] = sending.stop()
    for (let last = -1; last !== arrived.length; await wait(30)) last = arrived.length
    return stream!
  }
  return { advance, arrived, sending, answer, stop }
}

/** Advances the clock in parts, so that the kernel's buffer has room for packets of the same instant. */
const advanceSlowly = async (advance: (ms: number) => unknown, ms: number) => {
  for (let left = ms; left > 0; left -= 1000) {
    advance(Math.min(left, 1000))
    await wait(2)
  }
}

const sequences = (packets: readonly Buffer[], first: number) =>
  packets.map((bytes) => (bytes.readUInt16BE(2) - first + 65536) % 65536)

test('a media port is even, as RTP prefers', async () => {
  for (let count = 0; count < 5; count++) expect((await openPort()).port % 2).toBe(0)
})

test('a late burst is held back and then arrives complete and in order', async () => {
  const { advance, arrived, stop } = await start({ lateBurst: { everyMs: 400, holdMs: 200 } })
  advance(220)
  await wait(30)
  const before = arrived.length
  advance(160)
  await wait(30)
  expect(before).toBe(10)
  expect(arrived.length).toBe(10)
  advance(40)
  await wait(30)
  expect(arrived.length).toBe(21)
  const { firstSequence } = await stop()
  expect(sequences(arrived, firstSequence)).toEqual(Array.from({ length: 21 }, (_, index) => index))
})

test('a reordered packet arrives after a later one, and nothing is lost', async () => {
  const { advance, arrived, stop } = await start({ reorder: 0.2 })
  advance(2000)
  const stream = await stop()
  const order = sequences(arrived, stream.firstSequence)
  expect(stream.counts.reordered).toBeGreaterThan(5)
  expect(order).not.toEqual([...order].sort((a, b) => a - b))
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index))
})

test('silence is sent as nothing or as comfort noise, and speech after it is marked', async () => {
  const sound = loadDialogue('vaihde')
  const quiet = await start({ silence: 'nothing' }, sound)
  await advanceSlowly(quiet.advance, sound.frames * 20)
  const stream = await quiet.stop()
  expect(stream.packets.length).toBeLessThan(sound.frames / 1.5)
  expect(quiet.arrived.filter((bytes) => bytes[1]! & 0x80).length).toBeGreaterThanOrEqual(3)
  expect(arrivedSound(stream).missing.length).toBeGreaterThanOrEqual(3)

  const comfortable = await start({ silence: 'comfort-noise' }, sound)
  await advanceSlowly(comfortable.advance, sound.frames * 20)
  const kinds = new Set((await comfortable.stop()).packets.map(({ kind }) => kind))
  expect(kinds).toEqual(new Set(['audio', 'comfort']))
  expect(comfortable.arrived.filter((bytes) => (bytes[1]! & 0x7f) === 13).length).toBeGreaterThan(3)
})

test('a pressed key is an RFC 4733 event: one timestamp, growing duration, three end packets, after which the sound continues on time', async () => {
  const { advance, arrived, stop } = await start({ keys: [{ who: 'caller', atMs: 100, key: '#' }] })
  advance(400)
  const stream = await stop()
  const events = arrived.filter((bytes) => (bytes[1]! & 0x7f) === 101)
  expect(events.map((bytes) => bytes[12])).toEqual(Array.from({ length: 7 }, () => 11))
  expect(new Set(events.map((bytes) => bytes.readUInt32BE(4))).size).toBe(1)
  expect(events.map((bytes) => bytes.readUInt16BE(14))).toEqual([160, 320, 480, 640, 800, 800, 800])
  expect(events.map((bytes) => bytes[13]! >> 7)).toEqual([0, 0, 0, 0, 1, 1, 1])
  expect(arrivedSound(stream).missing).toEqual([[800, 1600]])
})

test('during a hold the sequence number stops, or continues if that is configured', async () => {
  for (const [sequenceContinuesInHold, jump] of [
    [false, 1],
    [true, 11],
  ] as const) {
    const { advance, arrived, sending, stop } = await start({ sequenceContinuesInHold })
    advance(200)
    sending.pause()
    advance(200)
    sending.resume()
    advance(200)
    const { firstSequence } = await stop()
    const order = sequences(arrived, firstSequence)
    expect(order).toHaveLength(20)
    expect(order[10]! - order[9]!).toBe(jump)
    expect((arrived[10]!.readUInt32BE(4) - arrived[9]!.readUInt32BE(4) + 2 ** 32) % 2 ** 32).toBe(11 * 160)
  }
})

test('a recorder that answers inactive gets nothing until it requests media again', async () => {
  const { advance, arrived, sending, answer, stop } = await start({})
  advance(100)
  sending.direct(answer('inactive'))
  advance(100)
  sending.direct(answer('recvonly'))
  advance(100)
  await stop()
  expect(arrived).toHaveLength(10)
})

test('a fast clock sends more packets in the same time, and µ-law has its own payload type', async () => {
  const { advance, arrived, stop } = await start({ skewPpm: 10_000 }, makeTone(2), 'pcmu')
  advance(10_000)
  const { counts, payloadType } = await stop()
  expect(counts.packets).toBe(505)
  expect(payloadType).toBe(0)
  expect(new Set(arrived.map((bytes) => bytes[1]! & 0x7f))).toEqual(new Set([0]))
})

test('every frame of a tone differs from its neighbours, from the other speaker and from another seed', () => {
  const frames = [1, 2].flatMap((seed) =>
    (['caller', 'official'] as const).flatMap((user) =>
      Array.from({ length: 100 }, (_, index) => Buffer.from(makeTone(seed).frame(user, index)).toString('hex')),
    ),
  )
  expect(new Set(frames).size).toBe(400)
  expect(makeTone(1).frame('caller', 3)).toEqual(makeTone(1).frame('caller', 3))
})

test('a stream is sent from the given port', async () => {
  const { advance, arrived, stop } = await start({})
  const from = once(ports.at(-1)!.socket, 'message')
  advance(20)
  const [, source] = (await from) as [Buffer, { port: number }]
  expect(source.port).toBe((await stop()).port)
  expect(arrived).toHaveLength(1)
})
