import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { chooseListening } from './choose-listening.ts'
import { listenInBatches } from './listen-in-batches.ts'
import { openOneByOne } from './listen-one-by-one.ts'
import { loadLinuxSockets } from './linux-sockets.ts'
import type { ListenedSocket, OpenListened } from './listened-socket.ts'

const isLinux = process.platform === 'linux'
const variants: [string, OpenListened][] = [['one by one', openOneByOne]]
if (isLinux) {
  const openInBatches = listenInBatches(loadLinuxSockets())
  variants.push(['in batches', async (address, port) => openInBatches(address, port)])
}

const closing: { close(): unknown }[] = []
afterEach(() => {
  for (const socket of closing.splice(0)) socket.close()
})

async function open(openSocket: OpenListened, address: string, port = 0): Promise<ListenedSocket> {
  const socket = await openSocket(address, port)
  if (!socket) throw new Error('a free port could not be bound')
  closing.push(socket)
  return socket
}

async function sender(family: 'udp4' | 'udp6', address: string) {
  const socket = createSocket(family).bind(0, address)
  await once(socket, 'listening')
  closing.push(socket)
  const { port } = socket.address()
  const send = (bytes: Buffer | string, to: number, host = address) =>
    new Promise<void>((resolve, reject) => {
      socket.send(bytes, to, host, (error) => (error ? reject(error) : resolve()))
    })
  return { port, send }
}

test.runIf(isLinux)('on Linux datagrams are received in batches', async () => {
  expect(await chooseListening()).toMatchObject({ inBatches: true })
})

describe.each(variants)('receiving %s', (_name, openSocket) => {
  test('returns everything sent, in order, byte by byte, with its sender, of any size', async () => {
    const listened = await open(openSocket, '127.0.0.1')
    const { port, send } = await sender('udp4', '127.0.0.1')
    const sizes = [0, 1, 172, 1400, 1500, 9000, 65_507, ...Array.from({ length: 60 }, (_, n) => 160 + n)]
    const sent = sizes.map((size, n) => Buffer.alloc(size, n + 1))
    const received: Buffer[] = []
    const senders = new Set<string>()
    listened.listen((bytes, size, address, from) => {
      received.push(Buffer.from(bytes.subarray(0, size)))
      senders.add(`${address} ${from}`)
    })
    for (const bytes of sent) await send(bytes, listened.port)
    await expect.poll(() => received.length).toBe(sent.length)
    expect(received.every((bytes, n) => bytes.equals(sent[n]!))).toBe(true)
    expect([...senders]).toEqual([`127.0.0.1 ${port}`])
  })

  test('distinguishes senders that take turns at one port', async () => {
    const listened = await open(openSocket, '127.0.0.1')
    const senders = await Promise.all(Array.from({ length: 3 }, () => sender('udp4', '127.0.0.1')))
    const received: string[] = []
    listened.listen((bytes, size, _address, from) => received.push(`${bytes.toString('latin1', 0, size)} ${from}`))
    for (let n = 0; n < 12; n++) await senders[n % 3]!.send(`${n}`, listened.port)
    await expect.poll(() => received).toEqual(Array.from({ length: 12 }, (_, n) => `${n} ${senders[n % 3]!.port}`))
  })

  test('works for both families on one socket, each with its address', async () => {
    const listened = await open(openSocket, '::')
    expect(listened.isIPv6).toBe(true)
    const received: string[] = []
    listened.listen((_bytes, _size, address) => received.push(address))
    await (await sender('udp4', '127.0.0.1')).send('four', listened.port)
    await (await sender('udp6', '::1')).send('six', listened.port)
    await expect.poll(() => received).toEqual(['::ffff:127.0.0.1', '::1'])
  })

  test('keeps datagrams that arrive before the listener', async () => {
    const listened = await open(openSocket, '127.0.0.1')
    const { send } = await sender('udp4', '127.0.0.1')
    await send('early', listened.port)
    await sleep(60)
    const received: string[] = []
    listened.listen((bytes, size) => received.push(bytes.toString('latin1', 0, size)))
    await expect.poll(() => received).toEqual(['early'])
  })

  test('fails for a port in use, and for an unassigned address', async () => {
    const { port } = await open(openSocket, '127.0.0.1')
    expect(await openSocket('127.0.0.1', port)).toBeUndefined()
    expect(await openSocket('192.0.2.1', 0)).toBeUndefined()
  })

  test('ends with the socket, which releases its port and is closed once, without affecting its successor', async () => {
    const listened = await open(openSocket, '127.0.0.1')
    const received: string[] = []
    listened.listen(() => received.push('by the closed one'))
    listened.close()
    const again = await open(openSocket, '127.0.0.1', listened.port)
    again.listen(() => received.push('by the next'))
    listened.close()
    listened.deliverWaiting()
    const { send } = await sender('udp4', '127.0.0.1')
    await send('late', again.port)
    await expect.poll(() => received).toEqual(['by the next'])
  })
})

describe.runIf(isLinux)('a delayed datagram', () => {
  test('is returned at once when requested, with its arrival time', async () => {
    const listened = await open(variants[1]![1], '127.0.0.1')
    const { send } = await sender('udp4', '127.0.0.1')
    const waited: number[] = []
    const beforeSent = performance.now()
    await send('one', listened.port)
    const sentAt = performance.now()
    // The event loop is blocked, as by much work; the datagram arrives meanwhile.
    while (performance.now() - sentAt < 150);
    listened.listen((_bytes, _size, _address, _port, agoMs) => waited.push(agoMs))
    listened.deliverWaiting()
    const start = performance.now() - beforeSent
    expect(waited).toHaveLength(1)
    expect(waited[0]).toBeGreaterThan(140)
    expect(waited[0]).toBeLessThan(start + 20)
  })

  test('has waited no longer than since the last check of the socket, whatever the clock of arrivals', async () => {
    const sockets = loadLinuxSockets()
    let clockOffsetMs = 0
    const clock = { ...sockets, nowMs: () => sockets.nowMs() + clockOffsetMs }
    const openInBatches = listenInBatches(clock)
    const listened = openInBatches('127.0.0.1', 0)!
    closing.push(listened)
    const { send } = await sender('udp4', '127.0.0.1')
    const waited: number[] = []
    listened.listen((_bytes, _size, _address, _port, agoMs) => waited.push(agoMs))
    for (const offsetMs of [3_600_000, -3_600_000]) {
      listened.deliverWaiting()
      const checkedAt = performance.now()
      clockOffsetMs = offsetMs
      await send('one', listened.port)
      listened.deliverWaiting()
      expect(waited.at(-1)).toBeGreaterThanOrEqual(0)
      expect(waited.at(-1)).toBeLessThanOrEqual(performance.now() - checkedAt)
    }
    expect(waited).toHaveLength(2)
  })
})
