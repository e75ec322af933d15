/** Pairs of media ports, and who gives them. Types alone; allocate-ports.ts binds them. */
import type { Socket } from 'node:dgram'
import type { ListenedSocket } from '#platform/datagrams/listened-socket.ts'

export type MediaPorts = {
  /** The even port; RTCP is on the next. */
  port: number
  rtp: ListenedSocket
  rtcp: Socket
  /** Sound has come. */
  heard?(): void
  /** Closes both sockets; the pair rests before it is given again. */
  release(): void
}

export type PortSource = {
  allocate(): Promise<MediaPorts | 'no-port-left'>
  /** A pair that is bound already, as by an earlier start of this process: nobody else is given it until it is released. */
  adopt(port: number, pair: Pick<MediaPorts, 'rtp' | 'rtcp'>): MediaPorts
}
