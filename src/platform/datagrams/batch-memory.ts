import koffi from 'koffi'

/** Datagrams a call. A stream of 20 ms brings two or three between two looks; where a batch is full, another follows. */
export const batchDatagrams = 16
/** No UDP datagram is longer. */
const datagramBytes = 65_536
/** So that datagrams do not all begin in the same set of the processor's cache. */
const datagramStride = datagramBytes + 192

// 64-bit little-endian Linux, glibc and musl: struct mmsghdr is a msghdr (where the name is and its length, the vector and its
// length, control data and its length, flags), then how many bytes came. In bytes:
const message = { name: 0, nameLength: 8, vector: 16, vectorLength: 24, control: 32, controlLength: 40, size: 56 }
const messageBytes = 64
const vectorBytes = 16
/** A sockaddr_in6 has 28. */
const nameBytes = 32
/** One cmsghdr of 16 bytes, and a timespec. */
const controlBytes = 32
const nameWords = nameBytes / 4

const AF_INET6 = 10
const SOL_SOCKET = 1
const SO_TIMESTAMPNS = 35

/** A sender as text, and as the words of its sockaddr, by which it is known again without a text. */
export interface Sender {
  address: string
  port: number
  readonly words: Uint32Array
}

export function nobody(): Sender {
  return { address: '', port: 0, words: new Uint32Array(nameWords) }
}

/** Memory of our own outside JavaScript's, where nothing moves: `address` is where `bytes` lie. Never given back. */
export function allocateBlock(size: number): { address: bigint; bytes: Buffer } {
  const block: unknown = koffi.alloc('uint8_t', size)
  return { address: koffi.address(block), bytes: Buffer.from(koffi.view(block, size)) }
}

/**
 * What recvmmsg(2) writes into, used again for each call. Datagram `n` of a call is bytes [0, sizeOf(n)) of `datagrams[n]`.
 * Nothing here makes an object a datagram.
 */
export class BatchMemory {
  /** Of the first mmsghdr. */
  readonly address: bigint
  readonly datagrams: readonly Buffer[]
  private readonly words: Uint32Array
  private readonly names: number
  private readonly controls: number

  constructor() {
    const vectors = batchDatagrams * messageBytes
    const names = vectors + batchDatagrams * vectorBytes
    const controls = names + batchDatagrams * nameBytes
    const datagrams = controls + batchDatagrams * controlBytes
    const { address, bytes } = allocateBlock(datagrams + batchDatagrams * datagramStride)
    this.address = address
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, datagrams / 4)
    this.words.fill(0)
    this.names = names / 4
    this.controls = controls / 4
    this.datagrams = Array.from({ length: batchDatagrams }, (_, n) => {
      const head = n * messageBytes
      const vector = vectors + n * vectorBytes
      const datagram = datagrams + n * datagramStride
      const point = (at: number, to: number) => bytes.writeBigUInt64LE(address + BigInt(to), at)
      point(head + message.name, names + n * nameBytes)
      point(head + message.vector, vector)
      point(head + message.control, controls + n * controlBytes)
      point(vector, datagram)
      bytes.writeUInt32LE(datagramBytes, vector + 8)
      bytes.writeUInt32LE(1, head + message.vectorLength)
      return bytes.subarray(datagram, datagram + datagramBytes)
    })
    this.reset(batchDatagrams)
  }

  /** The kernel writes over the lengths of what it used: makes the first `count` ready for another call. */
  reset(count: number): void {
    for (let n = 0; n < count; n++) {
      const head = (n * messageBytes) / 4
      this.words[head + message.nameLength / 4] = nameBytes
      this.words[head + message.controlLength / 4] = controlBytes
    }
  }

  sizeOf(n: number): number {
    return this.words[(n * messageBytes + message.size) / 4]!
  }

  /** When the kernel took datagram `n`, in milliseconds after second `epochSecond`; `undefined` when it did not say. */
  arrivedMs(n: number, epochSecond: number): number | undefined {
    const at = this.controls + (n * controlBytes) / 4
    const { words } = this
    const length = words[(n * messageBytes + message.controlLength) / 4]!
    // cmsghdr: a length of 64 bits, level, type; then seconds and nanoseconds of 64 bits each.
    if (length < controlBytes || words[at + 2] !== SOL_SOCKET || words[at + 3] !== SO_TIMESTAMPNS) return undefined
    return (words[at + 4]! - epochSecond) * 1000 + words[at + 6]! / 1e6
  }

  /** Whether datagram `n` came from this sender. */
  isFrom(n: number, { words: known }: Sender): boolean {
    const { words } = this
    const at = this.names + n * nameWords
    // Family and port are the first word; then an IPv4 address, or a flow label and an IPv6 address.
    if (words[at] !== known[0]) return false
    if ((known[0]! & 0xffff) !== AF_INET6) return words[at + 1] === known[1]
    for (let i = 2; i < 6; i++) if (words[at + i] !== known[i]) return false
    return true
  }

  /** Where the sockaddr of datagram `n` lies; its words are copied into `sender`, and its port. */
  copySender(n: number, sender: Sender): { family: number; host: bigint } {
    const at = this.names + n * nameWords
    sender.words.set(this.words.subarray(at, at + nameWords))
    const first = sender.words[0]!
    sender.port = ((first >>> 8) & 0xff00) | (first >>> 24)
    const family = first & 0xffff
    return { family, host: this.address + BigInt(4 * at + (family === AF_INET6 ? 8 : 4)) }
  }
}
