/**
 * UDP sockets for media: many sockets, each with a packet every few milliseconds. choose-listening.ts chooses the
 * implementation.
 */

/**
 * Receives a datagram: bytes [0, size) of `bytes`, which is reused after the call; copy what is kept. `address` is in the
 * format of inet_ntop(3). `agoMs` is how long the datagram waited in the socket, 0 if unknown.
 */
export type OnDatagram = (bytes: Buffer, size: number, address: string, port: number, agoMs: number) => void

export type ListenedSocket = {
  readonly port: number
  /** True if IPv4 senders appear as ::ffff:a.b.c.d. */
  readonly isIPv6: boolean
  /** Sets the receiver; datagrams wait until then. */
  listen(onDatagram: OnDatagram): void
  /** Delivers waiting datagrams now. Does nothing where each datagram is an event. */
  deliverWaiting(): void
  /** Sends a small datagram from this port, best effort; errors are ignored. */
  send(datagram: Uint8Array, port: number, address: string): void
  close(): void
}

/** Binds; undefined if another program has the port. */
export type OpenListened = (address: string, port: number) => Promise<ListenedSocket | undefined>

/** Best effort: the kernel may allow less (net.core.rmem_max). 1 MB is several seconds of a stream. */
export const receiveBufferBytes = 1024 * 1024
