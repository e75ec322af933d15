/** One way to the recording server: a UDP socket or a TCP or TLS connection that carries all sessions of one recording client. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { cutStream, readSip, type SipMessage } from './sip-message.ts'

export type Transport = 'udp' | 'tcp' | 'tls'
/** PEM: our certificate with its key, and the authority of the server's. */
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
  /** TCP and TLS only: the connection is closed and no answer will come. */
  readonly onLost: (cause: Error) => void
}

const socketBufferBytes = 4 << 20

/** Rejects when the server cannot be reached (TCP, TLS) or no port is free. */
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
  // Connected, so that the kernel names the local address of the route and drops what comes from elsewhere.
  socket.connect(server.port, server.host)
  await once(socket, 'connect')
  // Port unreachable: the server is down; retransmission and timer B or F report it (RFC 3261 section 17.1).
  socket.on('error', () => undefined)
  socket.on('message', (bytes) => {
    // A keep-alive of CRLF CRLF is no message.
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
