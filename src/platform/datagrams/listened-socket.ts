/**
 * UDP sockets that are listened to, for media: many sockets, each with a packet every few milliseconds.
 *
 * In: an address and a port. Out: datagrams, with who sent them and how long ago they came. Never here: what they mean, or a choice between the two ways of listening (choose-listening.ts).
 */

/**
 * A datagram is bytes [0, size) of `bytes`, which is used again after the call: what is kept is copied. `address` is written
 * as inet_ntop(3) writes it. `agoMs` is how long the datagram had waited in the socket, 0 where the system does not tell.
 */
export type Heard = (bytes: Buffer, size: number, address: string, port: number, agoMs: number) => void

export type ListenedSocket = {
  readonly port: number
  /** Whether it hears IPv4 senders under addresses of the form ::ffff:a.b.c.d. */
  readonly isIPv6: boolean
  /** From now on datagrams go there; before, they wait. */
  listen(heard: Heard): void
  /** Hands over what has come and was not heard yet; where datagrams are heard as they come, there is nothing. */
  takeWaiting(): void
  /** Sends a small datagram from this port, now and then: best effort, and not a word where it fails. */
  send(datagram: Uint8Array, port: number, address: string): void
  close(): void
}

/** Binds; nothing when another program has the port. */
export type OpenListened = (address: string, port: number) => Promise<ListenedSocket | undefined>

/** Best effort: the kernel may allow less (net.core.rmem_max). 1 MB is several seconds of a stream. */
export const receiveBufferBytes = 1024 * 1024
