import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { clientKeyOf } from '#platform/connections/client-address.ts'
import { SipFault } from './faults.ts'
import { createStreamFramer } from './frame-stream.ts'
import type { SipCounters, TransportKind } from './handler.ts'
import type { MessageLimits } from './parse-message.ts'
import type { Clock } from './timers.ts'
import { limitHandshakes } from './limit-handshakes.ts'
import { plainAddress, type Channel, type Receive, type Transport } from './transport.ts'

/**
 * Limits of connections. A source is an IPv4 address or an IPv6 /64. `handshakes`: unfinished TLS handshakes, which are not counted
 * as connections. `messageMs`: timeout for a message from its first to its last byte, for connecting, and for the first
 * byte of a new connection.
 */
export interface StreamLimits extends MessageLimits {
  connections: number
  connectionsPerSource: number
  handshakes: number
  messageMs: number
}

export interface Refusals {
  /** Counts and reports a refused connection. */
  refuse(reason: string, address: string): void
  /** Reports a refused connection without counting it. */
  report(reason: string, address: string): void
}

/** Functions that accept and open streams. TLS has its own; everything else is the same as for TCP. */
export interface StreamSockets {
  kind: Exclude<TransportKind, 'udp'>
  accept(onSocket: (socket: Socket) => void): Server
  connect(address: string, port: number): Socket
  /** Returns the name in the peer's certificate, if the peer presented one. */
  peerName?(socket: Socket): string | undefined
}

export const tcpSockets: StreamSockets = {
  kind: 'tcp',
  accept: (onSocket) => createServer({ noDelay: true }, onSocket),
  connect: (address, port) => connect({ host: address, port, noDelay: true }),
}

const PONG = Buffer.from('\r\n')

/** Unsent bytes at which a peer that does not read is disconnected. */
const UNSENT_LIMIT_BYTES = 1024 * 1024

/** Longest time for which a stop waits until pending output is sent. */
const STOP_WAIT_MS = 500

/**
 * Listens for streams. Port 0 takes any free one.
 * @throws SipFault `sip-listen-failed`
 */
export async function listenStream(
  sockets: StreamSockets,
  host: string,
  port: number,
  receive: Receive,
  allows: (address: string) => boolean,
  limits: StreamLimits,
  clock: Clock,
  counters: SipCounters,
  onFault: (error: unknown) => void,
  refusals: Refusals,
): Promise<Transport> {
  const open = new Map<Socket, Channel>()
  const perSource = new Map<string, number>()
  const handshakes =
    sockets.kind === 'tls'
      ? limitHandshakes({ limits, onEnded: refusals.report })
      : { begin: () => {}, finish: () => {} }
  const server = sockets.accept((socket) => {
    handshakes.finish(socket)
    const address = plainAddress(socket.remoteAddress ?? '')
    if (!allows(address)) {
      counters.droppedBySource++
      socket.destroy()
    } else if (open.size >= limits.connections) {
      refusals.refuse(`all ${limits.connections} connections are in use`, address)
      socket.destroy()
    } else if ((perSource.get(clientKeyOf(address)) ?? 0) >= limits.connectionsPerSource) {
      refusals.refuse(`its source has ${limits.connectionsPerSource} connections`, address)
      socket.destroy()
    } else serve(socket, address, true)
  })
  // The server does not see a TLS connection before its handshake is finished.
  if (sockets.kind === 'tls') {
    server.prependListener('connection', (raw: Socket) => {
      if (allows(plainAddress(raw.remoteAddress ?? ''))) return handshakes.begin(raw)
      counters.droppedBySource++
      raw.destroy()
    })
  }
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    throw new SipFault('sip-listen-failed', `Cannot listen at ${sockets.kind} ${host} port ${port}`, error)
  }
  server.on('error', (error) => onFault(new SipFault('sip-socket-failed', 'The listening socket failed', error)))
  const bound = server.address() as { address: string; port: number }

  const transport: Transport = {
    kind: sockets.kind,
    reliable: true,
    address: bound.address,
    port: bound.port,
    send(target, bytes, channel, failed) {
      // Uses the connection of the request, or a new one if it is closed (RFC 3261 18.2.2).
      const connection = channel?.open === true ? channel : channelTo(target, failed)
      connection?.send(bytes)
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open.keys()) socket.destroySoon()
      // A peer that does not read must not delay the stop.
      const cancelStopTimer = clock.after(STOP_WAIT_MS, () => {
        for (const socket of open.keys()) socket.destroy()
      })
      await closed
      cancelStopTimer()
    },
  }
  return transport

  function channelTo(target: { address: string; port: number }, failed: (error: Error) => void): Channel | undefined {
    for (const [socket, channel] of open)
      if (
        channel.open &&
        plainAddress(socket.remoteAddress ?? '') === target.address &&
        socket.remotePort === target.port
      )
        return channel
    if (open.size >= limits.connections) {
      failed(new Error('no free connection to send over'))
      return undefined
    }
    const socket = sockets.connect(target.address, target.port)
    const cancelWait = clock.after(limits.messageMs, () =>
      socket.destroy(new Error('no connection within the timeout')),
    )
    socket.once(sockets.kind === 'tls' ? 'secureConnect' : 'connect', cancelWait)
    socket.once('close', cancelWait)
    socket.once('error', failed)
    return serve(socket, target.address, false)
  }

  function serve(socket: Socket, address: string, isAccepted: boolean): Channel {
    const framer = createStreamFramer(limits)
    const startTimeout = () => clock.after(limits.messageMs, () => socket.destroy())
    let hasReceived = !isAccepted
    let cancelSlow = isAccepted ? startTimeout() : undefined
    const channel: Channel = {
      get open() {
        return socket.writable
      },
      send(bytes) {
        socket.write(bytes)
        if (socket.writableLength > UNSENT_LIMIT_BYTES) socket.destroy()
      },
      close: () => socket.destroySoon(),
    }
    open.set(socket, channel)
    count(perSource, clientKeyOf(address), 1)
    counters.connectionsOpen = open.size
    socket.on('data', (chunk: Buffer) => {
      const client = sockets.peerName?.(socket)
      const source = {
        ...{ transport: sockets.kind, address, port: socket.remotePort ?? 0 },
        ...(client !== undefined && { client }),
      }
      const localAddress = plainAddress(socket.localAddress ?? '')
      for (const frame of framer.push(chunk)) {
        if (frame.kind === 'ping') channel.send(PONG)
        else {
          const broken = frame.kind === 'broken' ? { broken: frame.reason } : {}
          receive({ bytes: frame.bytes, source, transport, localAddress, channel, ...broken })
          if (frame.kind === 'broken') channel.close()
        }
        cancelSlow?.()
        cancelSlow = undefined
        hasReceived = true
      }
      if (framer.partial) cancelSlow ??= startTimeout()
      else if (hasReceived) {
        cancelSlow?.()
        cancelSlow = undefined
      }
    })
    // An error, such as a reset by the peer, ends only this connection; 'close' follows.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      cancelSlow?.()
      open.delete(socket)
      count(perSource, clientKeyOf(address), -1)
      counters.connectionsOpen = open.size
    })
    return channel
  }
}

function count(counts: Map<string, number>, source: string, change: 1 | -1): void {
  const now = (counts.get(source) ?? 0) + change
  if (now > 0) counts.set(source, now)
  else counts.delete(source)
}
