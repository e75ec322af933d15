/**
 * Reads all sockets by polling, 25 times a second, each with one call. The kernel timestamps each datagram, so waiting loses no
 * precision (ADR 0052). A datagram is valid only during its callback.
 */
import { batchDatagrams, emptySender, type LinuxSockets, type Sender } from './linux-sockets.ts'
import type { OnDatagram, ListenedSocket } from './listened-socket.ts'

/** Polling interval of a socket. A crash loses what waits; the tail journal has the rest of its second. */
const pollMs = 40
/** Sockets are polled in groups, so that no round blocks the event loop for long. */
const socketGroups = 4
/** Batches per socket and round, so that a flood to one port does not delay the others. */
const batchesPerPoll = 64

/** `checkedMs`: time of the last poll that emptied the socket, of performance.now(). */
type Open = { descriptor: number; onDatagram: OnDatagram | undefined; sender: Sender; checkedMs: number }

/** Makes {@link ListenedSocket}s that share a timer, which runs only while there are sockets. */
export function listenInBatches(sockets: LinuxSockets): (address: string, port: number) => ListenedSocket | undefined {
  const open: Set<Open>[] = Array.from({ length: socketGroups }, () => new Set())
  let opened = 0
  let count = 0
  let groupIndex = 0
  let timer: NodeJS.Timeout | undefined

  function pollGroup(): void {
    groupIndex = (groupIndex + 1) % socketGroups
    const group = open[groupIndex]!
    if (group.size === 0) return
    const clockMs = sockets.nowMs() - performance.now()
    for (const one of group) check(one, clockMs)
  }

  /** Polls one socket. `clockMs`: how far the clock of arrivals is ahead of performance.now(). */
  function check(one: Open, clockMs: number): void {
    const { onDatagram, sender } = one
    if (!onDatagram) return
    const { batch } = sockets
    const nowMs = performance.now()
    // The clock of arrivals may be stepped between two rounds; no datagram has waited longer than since the last one.
    const maxMs = nowMs - one.checkedMs
    for (let i = 0; i < batchesPerPoll; i++) {
      const received = sockets.receive(one.descriptor)
      for (let n = 0; n < received; n++) {
        if (!batch.isFrom(n, sender)) sockets.readSender(n, sender)
        const agoMs = Math.min(maxMs, Math.max(0, sockets.agoMs(n, nowMs + clockMs)))
        onDatagram(batch.datagrams[n]!, batch.sizeOf(n), sender.address, sender.port, agoMs)
      }
      if (received < batchDatagrams) {
        one.checkedMs = nowMs
        return
      }
    }
  }

  return (address, port) => {
    const descriptor = sockets.open(address, port)
    if (descriptor < 0) return undefined
    const one: Open = { descriptor, onDatagram: undefined, sender: emptySender(), checkedMs: performance.now() }
    const group = open[opened++ % socketGroups]!
    group.add(one)
    if (count++ === 0) timer = setInterval(pollGroup, pollMs / socketGroups)
    return {
      port: sockets.portOf(descriptor),
      isIPv6: address.includes(':'),
      listen: (onDatagram) => void (one.onDatagram = onDatagram),
      deliverWaiting: () => {
        if (group.has(one)) check(one, sockets.nowMs() - performance.now())
      },
      send: (datagram, remotePort, remoteAddress) => {
        if (group.has(one)) sockets.send(descriptor, datagram, remoteAddress, remotePort)
      },
      close: () => {
        if (!group.delete(one)) return
        sockets.close(descriptor)
        if (--count === 0) clearInterval(timer)
      },
    }
  }
}
