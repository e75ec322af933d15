/**
 * Linux socket calls that Node lacks: many datagrams in one call, each with the kernel's time of arrival (recvmmsg(2);
 * SO_TIMESTAMPNS, socket(7)). Datagrams are in memory that is reused. choose-listening.ts tests first that this works on the
 * machine.
 */
import koffi from 'koffi'
import { isIPv6 } from 'node:net'
import { receiveBufferBytes } from './listened-socket.ts'

const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const SO_TIMESTAMPNS = 35
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
const MSG_DONTWAIT = 0x40
const CLOCK_REALTIME = 0

/**
 * Offsets in the block for everything but the batch: a text, a sockaddr and its length, a number, a timespec, an outgoing
 * datagram.
 */
const offsets = { text: 0, name: 64, nameLength: 96, number: 104, time: 112, out: 128 }
const textBytes = 64
/** sizeof(sockaddr_in6) is 28. */
const nameBytes = 32
/** Size of the buffer for an outgoing datagram; RTCP reports need a tenth of it. */
const outBytes = 1472

/** Datagrams per call. A stream of 20 ms packets has two or three between two rounds; a full batch is followed by another. */
export const batchDatagrams = 16
/** Longest UDP datagram. */
const datagramBytes = 65_536
/** Stride that spreads the datagrams over the sets of the processor's cache. */
const datagramStride = datagramBytes + 192

// Byte offsets in struct mmsghdr on 64-bit little-endian Linux, glibc and musl: a msghdr (name and length, vector and length,
// control data and length, flags), then the number of bytes received.
const message = { name: 0, nameLength: 8, vector: 16, vectorLength: 24, control: 32, controlLength: 40, size: 56 }
const messageBytes = 64
const vectorBytes = 16
/** One cmsghdr of 16 bytes, and a timespec. */
const controlBytes = 32
const nameWords = nameBytes / 4

/** A sender as text, and as the words of its sockaddr for comparison without text. */
export interface Sender {
  address: string
  port: number
  readonly words: Uint32Array
}

export function emptySender(): Sender {
  return { address: '', port: 0, words: new Uint32Array(nameWords) }
}

/** Allocates memory outside JavaScript's heap, where nothing moves: `address` is that of `bytes`. Never freed. */
function allocateBlock(size: number): { address: bigint; bytes: Buffer } {
  const block: unknown = koffi.alloc('uint8_t', size)
  return { address: koffi.address(block), bytes: Buffer.from(koffi.view(block, size)) }
}

/**
 * Buffers of recvmmsg(2), reused for each call. Datagram `n` is bytes [0, sizeOf(n)) of `datagrams[n]`. Allocates nothing per
 * datagram.
 */
class BatchMemory {
  /** Address of the first mmsghdr. */
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

  /** Resets the first `count` headers: the kernel overwrites their lengths. */
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

  /**
   * Returns the kernel's arrival time of datagram `n`, in milliseconds after second `epochSecond`; undefined if it gave none.
   */
  arrivedMs(n: number, epochSecond: number): number | undefined {
    const at = this.controls + (n * controlBytes) / 4
    const { words } = this
    const length = words[(n * messageBytes + message.controlLength) / 4]!
    // cmsghdr: a 64-bit length, level, type; then seconds and nanoseconds of 64 bits each.
    if (length < controlBytes || words[at + 2] !== SOL_SOCKET || words[at + 3] !== SO_TIMESTAMPNS) return undefined
    return (words[at + 4]! - epochSecond) * 1000 + words[at + 6]! / 1e6
  }

  /** Returns true if datagram `n` came from this sender. */
  isFrom(n: number, { words: known }: Sender): boolean {
    const { words } = this
    const at = this.names + n * nameWords
    // The first word is family and port; an IPv4 address follows, or a flow label and an IPv6 address.
    if (words[at] !== known[0]) return false
    if ((known[0]! & 0xffff) !== AF_INET6) return words[at + 1] === known[1]
    for (let i = 2; i < 6; i++) if (words[at + i] !== known[i]) return false
    return true
  }

  /** Copies the sockaddr words and port of datagram `n` into `sender`, and returns its address. */
  copySender(n: number, sender: Sender): { family: number; host: bigint } {
    const at = this.names + n * nameWords
    sender.words.set(this.words.subarray(at, at + nameWords))
    const first = sender.words[0]!
    sender.port = ((first >>> 8) & 0xff00) | (first >>> 24)
    const family = first & 0xffff
    return { family, host: this.address + BigInt(4 * at + (family === AF_INET6 ? 8 : 4)) }
  }
}

type Call = (...values: (number | bigint)[]) => number

export interface LinuxSockets {
  readonly batch: BatchMemory
  /** Returns a bound socket's file descriptor, or -1 on failure. */
  open(address: string, port: number): number
  portOf(descriptor: number): number
  /**
   * Receives up to a batch of waiting datagrams. Returns their number; 0 also if the socket only reported an error, such as a
   * peer that is gone.
   */
  receive(descriptor: number): number
  /** Sends a datagram of at most 1,472 bytes. Returns true on success. */
  send(descriptor: number, datagram: Uint8Array, address: string, port: number): boolean
  /**
   * Returns the milliseconds since datagram `n` arrived, if known. The kernel's clock can be stepped: the caller bounds the
   * result.
   */
  agoMs(n: number, nowMs: number): number
  /** Copies the sender of datagram `n` into `sender`. */
  readSender(n: number, sender: Sender): void
  /** Clock of arrivals, for {@link agoMs}. */
  nowMs(): number
  close(descriptor: number): void
}

/** Referenced for good: koffi unloads an unreferenced library. */
const libc = koffi.load(null)

/**
 * Loads the calls from the process's own C library.
 * @throws Error if a function is missing
 */
export function loadLinuxSockets(): LinuxSockets {
  // Pointers are passed as numbers: the calling convention does not distinguish them.
  const call = (name: string, ...values: ('int' | 'uint64_t')[]) => libc.func(name, 'int', values) as Call
  const socket = call('socket', 'int', 'int', 'int')
  const setsockopt = call('setsockopt', 'int', 'int', 'int', 'uint64_t', 'int')
  const bind = call('bind', 'int', 'uint64_t', 'int')
  const getsockname = call('getsockname', 'int', 'uint64_t', 'uint64_t')
  const recvmmsg = call('recvmmsg', 'int', 'uint64_t', 'int', 'int', 'uint64_t')
  // size_t is 64 bits, like pointers.
  const sendto = call('sendto', 'int', 'uint64_t', 'uint64_t', 'int', 'uint64_t', 'int')
  const clockGettime = call('clock_gettime', 'int', 'uint64_t')
  const close = call('close', 'int')
  const toBytes = call('inet_pton', 'int', 'uint64_t', 'uint64_t')
  const toText = call('inet_ntop', 'int', 'uint64_t', 'uint64_t', 'int')

  const { address: start, bytes } = allocateBlock(offsets.out + outBytes)
  const at = (offset: number) => start + BigInt(offset)
  const batch = new BatchMemory()
  const messages = batch.address
  const clock = at(offsets.time)
  const epochSecond = Math.floor(Date.now() / 1000)
  let used = 0

  function set(descriptor: number, level: number, option: number, value: number): boolean {
    bytes.writeInt32LE(value, offsets.number)
    return setsockopt(descriptor, level, option, at(offsets.number), 4) === 0
  }

  function open(address: string, port: number): number {
    const family = isIPv6(address) ? AF_INET6 : AF_INET
    const descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    if (descriptor < 0) return -1
    // Best effort: the kernel may allow less (net.core.rmem_max).
    set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes)
    // As in Node: a socket for all of IPv6 also receives IPv4.
    if (family === AF_INET6) set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0)
    const size = writeName(address, port)
    if (set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1) && size > 0 && bind(descriptor, at(offsets.name), size) === 0)
      return descriptor
    close(descriptor)
    return -1
  }

  /** Writes a sockaddr. Returns its size, or 0 if the address is invalid. */
  function writeName(address: string, port: number): number {
    const family = isIPv6(address) ? AF_INET6 : AF_INET
    bytes.fill(0, offsets.text, offsets.nameLength)
    bytes.write(address, offsets.text, textBytes - 1, 'latin1')
    bytes.writeUInt16LE(family, offsets.name)
    bytes.writeUInt16BE(port, offsets.name + 2)
    const host = offsets.name + (family === AF_INET6 ? 8 : 4)
    if (toBytes(family, at(offsets.text), at(host)) !== 1) return 0
    return family === AF_INET6 ? 28 : 16
  }

  return {
    batch,
    open,
    portOf(descriptor) {
      bytes.writeInt32LE(nameBytes, offsets.nameLength)
      return getsockname(descriptor, at(offsets.name), at(offsets.nameLength)) === 0
        ? bytes.readUInt16BE(offsets.name + 2)
        : 0
    },
    receive(descriptor) {
      batch.reset(used)
      used = Math.max(0, recvmmsg(descriptor, messages, batchDatagrams, MSG_DONTWAIT, 0))
      return used
    },
    send(descriptor, datagram, address, port) {
      if (datagram.length > outBytes) return false
      const size = writeName(address, port)
      bytes.set(datagram, offsets.out)
      const { length } = datagram
      return size > 0 && sendto(descriptor, at(offsets.out), length, MSG_DONTWAIT, at(offsets.name), size) === length
    },
    agoMs: (n, nowMs) => nowMs - (batch.arrivedMs(n, epochSecond) ?? nowMs),
    readSender(n, sender) {
      const { family, host } = batch.copySender(n, sender)
      toText(family, host, at(offsets.text), textBytes)
      sender.address = bytes.toString('latin1', offsets.text, bytes.indexOf(0, offsets.text))
    },
    nowMs() {
      clockGettime(CLOCK_REALTIME, clock)
      return (bytes.readUInt32LE(offsets.time) - epochSecond) * 1000 + bytes.readUInt32LE(offsets.time + 8) / 1e6
    },
    close: (descriptor) => void close(descriptor),
  }
}
