/**
 * Connection to the recording server: a UDP socket or a TCP or TLS connection that carries all sessions of one
 * recording client.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { cutStream, readSip, type SipMessage } from './sip-message.ts'

export type Transport = 'udp' | 'tcp' | 'tls'
/** In PEM format: the client's certificate and key, and the authority of the server's certificate. */
export type TlsFiles = { readonly cert: string; readonly key: string; readonly ca: string }
export type Address = { readonly host: string; readonly port: number }

export type Connection = {
  readonly transport: Transport
  readonly local: Address
  readonly send: (message: Buffer) => void
  readonly close: () => Promise<void>
}

type Listener = {
  readonly onMessage: (message: SipMessage) => void
  /** Called if a TCP or TLS connection is closed, so that no answer will arrive. */
  readonly onLost: (cause: Error) => void
}

const socketBufferBytes = 4 << 20

/** Opens a connection. Rejects if the server cannot be reached (TCP, TLS) or no port is free. */
export function openConnection(
  transport: Transport,
  server: Address,
  listener: Listener,
  tls?: TlsFiles,
): Promise<Connection> {
  return transport === 'udp' ? openUdp(server, listener) : openStream(transport, server, listener, tls)
}

async function openUdp(server: Address, { onMessage }: Listener): Promise<Connection> {
  const socket = createSocket({
    type: server.host.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: socketBufferBytes,
    sendBufferSize: socketBufferBytes,
  })
  // Connects the socket, so that the kernel chooses the local address of the route and drops packets from elsewhere.
  socket.connect(server.port, server.host)
  await once(socket, 'connect')
  // Ignores port unreachable, which means that the server is down: retransmission and timer B or F report that (RFC
  // 3261 section 17.1).
  socket.on('error', () => undefined)
  socket.on('message', (bytes) => {
    // Ignores a keep-alive of CRLF CRLF.
    if (bytes.length > 4) onMessage(readSip(bytes))
  })
  const { address, port } = socket.address()
  return {
    transport: 'udp',
    local: { host: address, port },
    send: (message) => socket.send(message, () => undefined),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

async function openStream(
  transport: 'tcp' | 'tls',
  server: Address,
  { onMessage, onLost }: Listener,
  tls: TlsFiles | undefined,
): Promise<Connection> {
  const at = { host: server.host, port: server.port, noDelay: true }
  const socket =
    transport === 'tcp' ? connectTcp(at) : connectTls({ ...at, ...tls, checkServerIdentity: () => undefined })
  await once(socket, transport === 'tcp' ? 'connect' : 'secureConnect')
  let closing = false
  socket.on('data', cutStream(onMessage))
  socket.on('error', onLost)
  socket.on('close', () => {
    if (!closing) onLost(new Error('the recording server closed the connection'))
  })
  const local = { host: socket.localAddress!, port: socket.localPort! }
  return {
    transport,
    local,
    send: (message) => {
      if (socket.writable) socket.write(message)
    },
    close: () =>
      new Promise((resolve) => {
        closing = true
        if (socket.destroyed) return resolve()
        socket.once('close', () => resolve())
        socket.end()
        setTimeout(() => socket.destroy(), 200).unref()
      }),
  }
}
