import type { Source, TransportKind } from './handler.ts'

/** An open stream to a peer; datagrams have none. */
export interface Channel {
  readonly open: boolean
  send(bytes: Buffer): void
  /** Closes once what was sent is out. */
  close(): void
}

/** A message as it came in, and by what. */
export interface Arrival {
  bytes: Buffer
  source: Source
  transport: Transport
  /** Our address as the peer reached it; '' when the socket cannot tell (UDP bound to every address). */
  localAddress: string
  channel?: Channel
  /** Framing was lost after this head: answer with this reason if it can be answered, then close. */
  broken?: string
}

/** One listening socket. */
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

/** `::ffff:192.0.2.1` -> `192.0.2.1`: one peer has one name, whichever socket heard it. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

/** Whether the address stands for all of the machine's. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === ''
}
