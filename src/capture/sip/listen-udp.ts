import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4, isIPv6 } from 'node:net'
import { SipFault } from './faults.ts'
import type { SipCounters } from './handler.ts'
import { isWildcard, plainAddress, type Receive, type Transport } from './transport.ts'

/** Large enough for a burst of 300 INVITEs of 2.7 KB; with the default, five sixths were lost. The system may grant less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

/**
 * Opens the UDP socket. Port 0 takes any free one.
 * @throws SipFault `sip-listen-failed`
 */
export async function listenUdp(
  host: string,
  port: number,
  receive: Receive,
  counters: SipCounters,
  onFault: (error: unknown) => void,
): Promise<Transport> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' })
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
  } catch (error) {
    socket.close()
    throw new SipFault('sip-listen-failed', `Cannot listen at UDP ${host} port ${port}`, error)
  }
  socket.on('error', (error) => onFault(new SipFault('sip-socket-failed', 'The UDP socket failed', error)))
  counters.receiveBufferBytes = enlargeBuffer()
  const bound = socket.address()
  const localAddress = isWildcard(bound.address) ? '' : bound.address

  const transport: Transport = {
    kind: 'udp',
    reliable: false,
    address: bound.address,
    port: bound.port,
    send(target, bytes, _channel, failed) {
      // A dual-stack socket needs IPv4 targets as IPv4-mapped addresses.
      const address = isIPv6(bound.address) && isIPv4(target.address) ? `::ffff:${target.address}` : target.address
      socket.send(bytes, target.port, address, (error) => {
        if (error) failed(error)
      })
    },
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
  socket.on('message', (bytes, remote) => {
    const source = { transport: 'udp', address: plainAddress(remote.address), port: remote.port } as const
    receive({ bytes, source, transport, localAddress })
  })
  return transport

  function enlargeBuffer(): number {
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
      socket.setSendBufferSize(RECEIVE_BUFFER_BYTES)
    } catch (error) {
      onFault(error)
    }
    return socket.getRecvBufferSize()
  }
}
