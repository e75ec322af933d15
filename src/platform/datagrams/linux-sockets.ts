/**
 * The socket calls of Linux that Node does not offer: many datagrams in one call, each with the kernel's own time of arrival
 * (recvmmsg(2); SO_TIMESTAMPNS, socket(7)).
 *
 * In: addresses, ports, file descriptors. Out: a batch of datagrams in memory that is used again each time. Never here: a
 * wait, or which socket is looked at when. Who uses this makes sure first that it works on this machine (choose-listening.ts).
 */
import koffi from 'koffi'
import { isIPv6 } from 'node:net'
import { allocateBlock, batchDatagrams, BatchMemory, type Sender } from './batch-memory.ts'
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

/** Places in the block for what is not a batch: a text, a sockaddr and its length, a number, a timespec, what is sent. */
const place = { text: 0, name: 64, nameLength: 96, number: 104, time: 112, out: 128 }
const textBytes = 64
const nameBytes = 32
/** Reports are a tenth of it. */
const outBytes = 1472

type Call = (...values: (number | bigint)[]) => number

export interface LinuxSockets {
  readonly batch: BatchMemory
  /** A bound socket's file descriptor, or -1 when it could not be bound. */
  open(address: string, port: number): number
  portOf(descriptor: number): number
  /**
   * Receives what waits into `batch`, at most as much as fits: how many datagrams. 0 as well when the socket had only an
   * error to tell, as that a peer is gone.
   */
  receive(descriptor: number): number
  /** Sends a datagram of at most 1,472 bytes; whether it went out. */
  send(descriptor: number, datagram: Uint8Array, address: string, port: number): boolean
  /** How long ago datagram `n` came, where the kernel said. Its clock can be set: what comes of that is the caller's to bound. */
  agoMs(n: number, nowMs: number): number
  /** Writes who sent datagram `n` into `sender`. */
  readSender(n: number, sender: Sender): void
  /** The clock of arrivals, for {@link agoMs}. */
  nowMs(): number
  close(descriptor: number): void
}

/** Held for good: koffi unloads a library that nothing refers to any more. */
const libc = koffi.load(null)

/** Of the process's own C library. Throws where that lacks one of the functions. */
export function loadLinuxSockets(): LinuxSockets {
  // Pointers are passed as numbers: to the machine's calling convention they are the same.
  const call = (name: string, ...values: ('int' | 'uint64_t')[]) => libc.func(name, 'int', values) as Call
  const socket = call('socket', 'int', 'int', 'int')
  const setsockopt = call('setsockopt', 'int', 'int', 'int', 'uint64_t', 'int')
  const bind = call('bind', 'int', 'uint64_t', 'int')
  const getsockname = call('getsockname', 'int', 'uint64_t', 'uint64_t')
  const recvmmsg = call('recvmmsg', 'int', 'uint64_t', 'int', 'int', 'uint64_t')
  // size_t: 64 bits, as pointers.
  const sendto = call('sendto', 'int', 'uint64_t', 'uint64_t', 'int', 'uint64_t', 'int')
  const clockGettime = call('clock_gettime', 'int', 'uint64_t')
  const close = call('close', 'int')
  const toBytes = call('inet_pton', 'int', 'uint64_t', 'uint64_t')
  const toText = call('inet_ntop', 'int', 'uint64_t', 'uint64_t', 'int')

  const { address: start, bytes } = allocateBlock(place.out + outBytes)
  const at = (offset: number) => start + BigInt(offset)
  const batch = new BatchMemory()
  const messages = batch.address
  const clock = at(place.time)
  const epochSecond = Math.floor(Date.now() / 1000)
  let used = 0

  function set(descriptor: number, level: number, option: number, value: number): boolean {
    bytes.writeInt32LE(value, place.number)
    return setsockopt(descriptor, level, option, at(place.number), 4) === 0
  }

  function open(address: string, port: number): number {
    const family = isIPv6(address) ? AF_INET6 : AF_INET
    const descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    if (descriptor < 0) return -1
    // Best effort: the kernel may allow less (net.core.rmem_max).
    set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes)
    // As Node does it: a socket for all of IPv6 hears IPv4 as well.
    if (family === AF_INET6) set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0)
    const size = writeName(address, port)
    if (set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1) && size > 0 && bind(descriptor, at(place.name), size) === 0)
      return descriptor
    close(descriptor)
    return -1
  }

  /** Writes a sockaddr; its size, or 0 where the address is none. */
  function writeName(address: string, port: number): number {
    const family = isIPv6(address) ? AF_INET6 : AF_INET
    bytes.fill(0, place.text, place.nameLength)
    bytes.write(address, place.text, textBytes - 1, 'latin1')
    bytes.writeUInt16LE(family, place.name)
    bytes.writeUInt16BE(port, place.name + 2)
    const host = place.name + (family === AF_INET6 ? 8 : 4)
    if (toBytes(family, at(place.text), at(host)) !== 1) return 0
    return family === AF_INET6 ? 28 : 16
  }

  return {
    batch,
    open,
    portOf(descriptor) {
      bytes.writeInt32LE(nameBytes, place.nameLength)
      return getsockname(descriptor, at(place.name), at(place.nameLength)) === 0
        ? bytes.readUInt16BE(place.name + 2)
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
      bytes.set(datagram, place.out)
      const { length } = datagram
      return size > 0 && sendto(descriptor, at(place.out), length, MSG_DONTWAIT, at(place.name), size) === length
    },
    agoMs: (n, nowMs) => nowMs - (batch.arrivedMs(n, epochSecond) ?? nowMs),
    readSender(n, sender) {
      const { family, host } = batch.copySender(n, sender)
      toText(family, host, at(place.text), textBytes)
      sender.address = bytes.toString('latin1', place.text, bytes.indexOf(0, place.text))
    },
    nowMs() {
      clockGettime(CLOCK_REALTIME, clock)
      return (bytes.readUInt32LE(place.time) - epochSecond) * 1000 + bytes.readUInt32LE(place.time + 8) / 1e6
    },
    close: (descriptor) => void close(descriptor),
  }
}
