import type { Source, TransportKind } from './handler.ts'

/** An open stream to a peer; datagrams have none. */
export interface Channel {
  readonly open: boolean
  send(bytes: Buffer): void
  /** Closes after pending output was sent. */
  close(): void
}

/** A received message and its transport. */
export interface Arrival {
  bytes: Buffer
  source: Source
  transport: Transport
  /** Our address as used by the peer; '' if the socket does not report it (UDP bound to every address). */
  localAddress: string
  channel?: Channel
  /** Framing was lost after this head: answer with this reason if possible, then close. */
  broken?: string
}

export interface Transport {
  readonly kind: TransportKind
  readonly reliable: boolean
  readonly address: string
  readonly port: number
  /** Sends by the channel while it is open, else to the target; `failed` is called at most once. */
  send(
    target: { address: string; port: number },
    bytes: Buffer,
    channel: Channel | undefined,
    failed: (error: Error) => void,
  ): void
  stop(): Promise<void>
}

export type Receive = (arrival: Arrival) => void

/** Maps `::ffff:192.0.2.1` to `192.0.2.1`, so that a peer has one name on every socket. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

/** Returns true if the address stands for all addresses of the machine. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === ''
}
