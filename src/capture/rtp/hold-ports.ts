/**
 * Binds the media ports of calls in progress as soon as a process starts, because their clients continue to send. Packets wait
 * in the socket buffers until a stream takes the ports. This file is loaded before the rest of the program and imports very
 * little, so that the ports are open again soon after the previous process died.
 */
import type { Socket } from 'node:dgram'
import { bindDatagrams, listenOneByOne } from '#platform/datagrams/listen-one-by-one.ts'
import type { ListenedSocket } from '#platform/datagrams/listened-socket.ts'

export interface HeldPort {
  readonly port: number
  readonly rtp: ListenedSocket
  readonly rtcp: Socket
  /** Arrival of the first waiting packet (performance.now()). */
  readonly firstMs: number | undefined
  /** Calls `run` once a packet has arrived. */
  onReceived(run: () => void): void
  close(): void
}

export interface HeldPorts {
  /** Returns the pair of this port, if it could be bound. The caller must close it. */
  take(port: number): HeldPort | undefined
  /** Closes the pairs that were not taken. */
  closeRest(): void
}

/** Binds the RTP ports that are free, and for each the RTCP port after it. */
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
  let notify: (() => void) | undefined
  socket.once('message', () => {
    firstMs = performance.now()
    notify?.()
  })
  rtcp.on('error', () => {})
  return {
    ...{ port: rtp.port, rtp, rtcp },
    get firstMs() {
      return firstMs
    },
    onReceived(run) {
      if (firstMs !== undefined) run()
      else notify = run
    },
    close() {
      rtp.close()
      rtcp.close()
    },
  }
}
