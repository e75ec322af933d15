/** One way to the recording server: a UDP socket or a TCP connection that carries all sessions of one recording client. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { cutStream, readSip, type SipMessage } from './sip-message.ts'

export type Transport = 'udp' | 'tcp'
export type Address = { readonly host: string; readonly port: number }

export type Connection = {
  readonly transport: Transport
  readonly local: Address
  readonly send: (message: Buffer) => void
  readonly close: () => Promise<void>
}

type Listener = {
  readonly onMessage: (message: SipMessage) => void
  /** TCP only: the connection is gone and no answer will come. */
  readonly onLost: (cause: Error) => void
}

const socketBufferBytes = 4 << 20

/** Rejects when the server cannot be reached (TCP) or no port is free. */
export function openConnection(transport: Transport, server: Address, listener: Listener): Promise<Connection> {
  return transport === 'udp' ? openUdp(server, listener) : openTcp(server, listener)
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
  // Port unreachable: the server is down; retransmission and timer B or F say so (RFC 3261 section 17.1).
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

async function openTcp(server: Address, { onMessage, onLost }: Listener): Promise<Connection> {
  const socket = connectTcp({ host: server.host, port: server.port, noDelay: true })
  await once(socket, 'connect')
  let closing = false
  socket.on('data', cutStream(onMessage))
  socket.on('error', onLost)
  socket.on('close', () => {
    if (!closing) onLost(new Error('the recording server closed the connection'))
  })
  const local = { host: socket.localAddress!, port: socket.localPort! }
  return {
    transport: 'tcp',
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
