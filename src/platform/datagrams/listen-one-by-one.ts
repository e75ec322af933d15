import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { receiveBufferBytes, type OnDatagram, type ListenedSocket } from './listened-socket.ts'

/** Node's own sockets: each datagram is an event. Works everywhere, at two system calls and two objects a datagram. */
export async function openOneByOne(address: string, port: number): Promise<ListenedSocket | undefined> {
  const socket = await bindDatagrams(address, port)
  return socket && listenOneByOne(socket)
}

/** Datagrams: as many seconds of a stream as a kernel buffer holds. */
const maxWaiting = 3000

/** Wraps a bound socket of Node's. */
export function listenOneByOne(socket: Socket): ListenedSocket {
  const { port, family } = socket.address()
  let waiting: (() => void)[] = []
  let onDatagram: OnDatagram | undefined
  let isOpen = true
  // Sends to a peer that is gone fail (ICMP); the caller handles that.
  socket.on('error', () => {})
  socket.on('message', (bytes, from) => {
    if (onDatagram) return onDatagram(bytes, bytes.length, from.address, from.port, 0)
    const arrivedMs = performance.now()
    if (waiting.length < maxWaiting)
      waiting.push(() => onDatagram?.(bytes, bytes.length, from.address, from.port, performance.now() - arrivedMs))
  })
  return {
    port,
    isIPv6: family === 'IPv6',
    listen: (next) => {
      onDatagram = next
      for (const deliver of waiting) deliver()
      waiting = []
    },
    deliverWaiting: () => {},
    send: (datagram, to, address) => {
      if (isOpen) socket.send(datagram, to, address, () => {})
    },
    close: () => {
      if (isOpen) socket.close()
      isOpen = false
    },
  }
}

/** Returns a bound socket of Node's, which can also send; undefined if another program has the port. */
export function bindDatagrams(address: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' })
    socket.once('error', () => {
      socket.close()
      resolve(undefined)
    })
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      try {
        socket.setRecvBufferSize(receiveBufferBytes)
      } catch {
        // Keeps the system's default size.
      }
      resolve(socket)
    })
  })
}
