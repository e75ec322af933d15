import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { SipFault } from '#capture/sip/faults.ts'
import { createStreamFramer } from '#capture/sip/frame-stream.ts'
import { parseMessage } from '#capture/sip/parse-message.ts'
import type { SipHandler } from '#capture/sip/handler.ts'
import { startSipServer, type SipServer } from '#capture/sip/server.ts'
import type { Clock } from '#capture/sip/timers.ts'
import type { ParsedMessage } from '#capture/sip/message.ts'
import { answering, request, toOf } from './sip-test-server.ts'
import { createFakeClock } from './fake-clock.ts'

const refused: string[] = []
const closing: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function listen(
  changes: Partial<SipHandler> = {},
  options: { host?: string; limits?: object; clock?: Clock } = {},
): Promise<SipServer> {
  const server = await startSipServer({
    host: options.host ?? '127.0.0.1',
    port: 0,
    transports: ['udp', 'tcp'],
    handler: answering(changes),
    limits: options.limits ?? {},
    ...(options.clock && { clock: options.clock }),
    onFault: (error) => {
      if (!(error instanceof SipFault) || error.code !== 'sip-client-refused') throw error
      refused.push(error.message)
    },
  })
  closing.push(() => server.stop())
  return server
}

/** Queue of received messages, to be awaited one by one. */
function inbox() {
  const waiting: ((message: ParsedMessage) => void)[] = []
  const arrived: ParsedMessage[] = []
  return {
    put(bytes: Buffer) {
      const message = parseMessage(bytes)
      const taker = waiting.shift()
      if (taker) taker(message)
      else arrived.push(message)
    },
    next: () => {
      const message = arrived.shift()
      return message ? Promise.resolve(message) : new Promise<ParsedMessage>((resolve) => waiting.push(resolve))
    },
  }
}

async function udpClient(server: SipServer, address = '127.0.0.1') {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  closing.push(() => void socket.close())
  const { next, put } = inbox()
  socket.on('message', put)
  return { next, port: socket.address().port, send: (text: string) => socket.send(text, server.port, address) }
}

async function tcpClient(server: SipServer) {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  closing.push(() => void socket.destroy())
  const { next, put } = inbox()
  const raw: Buffer[] = []
  const framer = createStreamFramer()
  socket.on('data', (chunk: Buffer) => {
    raw.push(chunk)
    for (const frame of framer.push(chunk)) if (frame.kind === 'message') put(frame.bytes)
  })
  return { next, raw, socket, send: (text: string) => void socket.write(text) }
}

const over = (transport: string, rest: string) => ({
  via: `SIP/2.0/${transport} 127.0.0.1:9;branch=z9hG4bK${transport}${rest};rport`,
})

async function placeCall(
  transport: 'UDP' | 'TCP',
  client: { next(): Promise<ParsedMessage>; send(text: string): void },
) {
  const callId = { 'call-id': `${transport}@127.0.0.1` }
  client.send(request('INVITE', { ...over(transport, 'i'), ...callId }))
  const ok = await client.next()
  if (ok.kind !== 'response') throw new Error('no response')
  const to = toOf(ok)
  client.send(request('ACK', { ...over(transport, 'a'), to, ...callId }))
  client.send(request('UPDATE', { ...over(transport, 'u'), ...callId, to, cseq: '2' }, '<recording/>'))
  const updated = await client.next()
  client.send(request('BYE', { ...over(transport, 'b'), ...callId, to, cseq: '3' }))
  const bye = await client.next()
  return { ok, statuses: [ok, updated, bye].map((one) => one.kind === 'response' && one.status) }
}

test('calls over UDP and over TCP use the same port', async () => {
  const server = await listen()
  const udp = await placeCall('UDP', await udpClient(server))
  const tcp = await placeCall('TCP', await tcpClient(server))
  expect(udp.statuses).toEqual([200, 200, 200])
  expect(tcp.statuses).toEqual([200, 200, 200])
  const contact = (call: typeof udp) => call.ok.headers.find(({ name }) => name === 'contact')?.value
  expect(contact(udp)).toBe(`<sip:seloste@127.0.0.1:${server.port}>;+sip.srs`)
  expect(contact(tcp)).toBe(`<sip:seloste@127.0.0.1:${server.port};transport=tcp>;+sip.srs`)
  expect(server.metrics).toMatchObject({ dialogsOpen: 0, faults: 0, sendFailures: 0, requests: 8 })
})

test('calls over IPv6, and over IPv4 to a socket for both families, are answered', async () => {
  const six = await listen({}, { host: '::1' })
  expect((await placeCall('UDP', await udpClient(six, '::1'))).statuses).toEqual([200, 200, 200])
  const both = await listen({}, { host: '::' })
  expect((await placeCall('UDP', await udpClient(both))).statuses).toEqual([200, 200, 200])
  expect((await placeCall('TCP', await tcpClient(both))).statuses).toEqual([200, 200, 200])
})

test('a ping on TCP gets its pong, also between other messages', async () => {
  const client = await tcpClient(await listen())
  client.send('\r\n\r\n')
  while (client.raw.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(Buffer.concat(client.raw).toString()).toBe('\r\n')
  client.send(request('OPTIONS', over('TCP', 'o')))
  expect(await client.next()).toMatchObject({ status: 200 })
})

test('a TCP message of unknown length is answered 400 and the connection closed', async () => {
  const client = await tcpClient(await listen())
  const closed = once(client.socket, 'close')
  client.send(request('INVITE', { ...over('TCP', 'i'), 'content-length': '17' }))
  expect(await client.next()).toMatchObject({ status: 400 })
  await closed
})

test('if the connection is closed, the response uses a new connection to the port in Via', async () => {
  const held: { respond(status: number): boolean }[] = []
  const server = await listen({ onInvite: (invite) => void held.push(invite) })
  const { createServer } = await import('node:net')
  const listener = createServer()
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  closing.push(() => void listener.close())
  const port = (listener.address() as { port: number }).port
  const client = await tcpClient(server)
  client.send(request('INVITE', { via: `SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bKgone` }))
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  client.socket.destroy()
  while (server.metrics.connectionsOpen > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const accepted = once(listener, 'connection') as Promise<[ReturnType<typeof connect>]>
  held[0]!.respond(603)
  const [socket] = await accepted
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  expect(parseMessage(bytes)).toMatchObject({ kind: 'response', status: 603 })
  socket.destroy()
})

test('a BYE of the recorder reaches the peer, and the peer’s answer reaches the recorder', async () => {
  const server = await listen({ onAck: (dialog) => void dialog.bye().then((status) => ended.push(status)) })
  const ended: number[] = []
  const client = await udpClient(server)
  client.send(request('INVITE', { ...over('UDP', 'i'), contact: `<sip:src@127.0.0.1:${client.port}>` }))
  const ok = await client.next()
  client.send(request('ACK', { ...over('UDP', 'a'), to: ok.kind === 'response' ? toOf(ok) : '' }))
  const bye = await client.next()
  if (bye.kind !== 'request') throw new Error('no BYE')
  expect(bye.method).toBe('BYE')
  const echoed = bye.headers.filter(({ name }) => ['via', 'from', 'to', 'call-id', 'cseq'].includes(name))
  client.send(`SIP/2.0 405 No\r\n${echoed.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n`)
  while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(ended).toEqual([405])
})

test('an occupied port is a fault with its code', async () => {
  const server = await listen()
  const again = startSipServer({
    host: '127.0.0.1',
    port: server.port,
    transports: ['udp', 'tcp'],
    handler: answering(),
  })
  await expect(again).rejects.toMatchObject({ code: 'sip-listen-failed' })
})

test('connections of one source are limited, and invalid data on one closes only that connection', async () => {
  const server = await listen({}, { limits: { connectionsPerSource: 2, messageMs: 2_000 } })
  const first = await tcpClient(server)
  first.send(request('OPTIONS', over('TCP', 'f')))
  expect(await first.next()).toMatchObject({ status: 200 })
  const second = await tcpClient(server)
  const third = connect(server.port, '127.0.0.1')
  third.on('error', () => {})
  await once(third, 'close')
  expect(server.metrics.connectionsRefused).toBe(1)
  expect(refused).toEqual(['No connection over TCP from 127.0.0.1: its source has 2 connections'])
  second.socket.on('error', () => {})
  second.send('INVITE sip:half')
  await once(second.socket, 'close')
  first.send(request('OPTIONS', over('TCP', 'o')))
  expect(await first.next()).toMatchObject({ status: 200 })
})

test('a client that sends no complete message in time is disconnected, however slowly it sends; a client that has sent one may be silent', async () => {
  const clock = createFakeClock()
  const server = await listen({}, { clock })
  const spoken = await tcpClient(server)
  spoken.send(request('OPTIONS', over('TCP', 'o')))
  expect(await spoken.next()).toMatchObject({ status: 200 })
  const [silent, slow] = [await tcpClient(server), await tcpClient(server)]
  const closed = [silent, slow].map(({ socket }) => {
    socket.on('error', () => {})
    return new Promise((resolve) => socket.once('close', resolve))
  })
  await expect.poll(() => server.metrics.connectionsOpen).toBe(3)
  for (let seconds = 0; seconds < 30; seconds++) {
    slow.send('\n')
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_000)
  }
  await Promise.all(closed)
  spoken.send(request('OPTIONS', over('TCP', 'p')))
  expect(await spoken.next()).toMatchObject({ status: 200 })
})
