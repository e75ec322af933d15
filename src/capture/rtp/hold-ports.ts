/**
 * Media ports of calls that go on, bound again the moment a process starts: their clients go on sending, whoever hears it.
 *
 * In: an address and ports. Out: bound sockets, in which what comes waits until somebody listens. Never here: a packet
 * read. This file and what it imports is read before the rest of the program, so that the ports
 * are open a moment after the process before has died; it imports next to nothing.
 */
import type { Socket } from 'node:dgram'
import { bindDatagrams, listenOneByOne } from '#platform/datagrams/listen-one-by-one.ts'
import type { ListenedSocket } from '#platform/datagrams/listened-socket.ts'

export interface HeldPort {
  readonly port: number
  readonly rtp: ListenedSocket
  readonly rtcp: Socket
  /** When the first packet came that waits, as performance.now() tells. */
  readonly firstMs: number | undefined
  /** Calls once a packet has come. */
  onHeard(run: () => void): void
  close(): void
}

export interface HeldPorts {
  /** The pair of this port, if it could be bound; whoever takes it closes it. */
  take(port: number): HeldPort | undefined
  /** Closes what nobody has taken. */
  closeRest(): void
}

/** Binds what can be bound; RTP's port is followed by RTCP's. */
export async function holdPorts(address: string, ports: readonly number[]): Promise<HeldPorts> {
  const held = new Map<number, HeldPort>()
  await Promise.all(
    ports.map(async (port) => {
      const [rtp, rtcp] = await Promise.all([bindDatagrams(address, port), bindDatagrams(address, port + 1)])
      if (rtp && rtcp) held.set(port, hold(rtp, rtcp))
      else for (const socket of [rtp, rtcp]) socket?.close()
    }),
  )
  return {
    take(port) {
      const one = held.get(port)
      held.delete(port)
      return one
    },
    closeRest() {
      for (const one of held.values()) one.close()
      held.clear()
    },
  }
}

function hold(socket: Socket, rtcp: Socket): HeldPort {
  const rtp = listenOneByOne(socket)
  let firstMs: number | undefined
  let told: (() => void) | undefined
  socket.once('message', () => {
    firstMs = performance.now()
    told?.()
  })
  rtcp.on('error', () => {})
  return {
    ...{ port: rtp.port, rtp, rtcp },
    get firstMs() {
      return firstMs
    },
    onHeard(run) {
      if (firstMs !== undefined) run()
      else told = run
    },
    close() {
      rtp.close()
      rtcp.close()
    },
  }
}
