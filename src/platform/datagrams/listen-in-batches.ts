/**
 * Listening by looking: every socket is looked at some 25 times a second, and what has come since is taken in one call. The
 * kernel notes when each datagram came, so that nothing is known less exactly for having waited (ADR 0052).
 *
 * In: sockets of the system. Out: datagrams, with how long they waited. Never here: a datagram that outlives its call.
 */
import { batchDatagrams, nobody, type LinuxSockets, type Sender } from './linux-sockets.ts'
import type { Heard, ListenedSocket } from './listened-socket.ts'

/** Between two looks at a socket. A crash costs what waits, and the tail journal leaves this much of its second. */
const roundMs = 40
/** The sockets are looked at in turns, so that no turn holds up the event loop for long. */
const turns = 4
/** For one socket in one look; a flood to one port must not keep the others waiting. */
const batchesALook = 64

type Open = { descriptor: number; heard: Heard | undefined; sender: Sender; lookedMs: number }

/** Makes {@link ListenedSocket}s that share a timer, which runs while there are any. */
export function listenInBatches(sockets: LinuxSockets): (address: string, port: number) => ListenedSocket | undefined {
  const open: Set<Open>[] = Array.from({ length: turns }, () => new Set())
  let opened = 0
  let count = 0
  let turn = 0
  let timer: NodeJS.Timeout | undefined

  function takeTurn(): void {
    turn = (turn + 1) % turns
    const turned = open[turn]!
    if (turned.size === 0) return
    const clockMs = sockets.nowMs() - performance.now()
    for (const one of turned) look(one, clockMs)
  }

  /** `clockMs`: how far the clock of arrivals is ahead of performance.now(). */
  function look(one: Open, clockMs: number): void {
    const { heard, sender } = one
    if (!heard) return
    const { batch } = sockets
    const nowMs = performance.now()
    // The clock of arrivals may be set between two looks; longer than since the last one nothing has waited.
    const mostMs = nowMs - one.lookedMs
    for (let i = 0; i < batchesALook; i++) {
      const came = sockets.receive(one.descriptor)
      for (let n = 0; n < came; n++) {
        if (!batch.isFrom(n, sender)) sockets.readSender(n, sender)
        const agoMs = Math.min(mostMs, Math.max(0, sockets.agoMs(n, nowMs + clockMs)))
        heard(batch.datagrams[n]!, batch.sizeOf(n), sender.address, sender.port, agoMs)
      }
      if (came < batchDatagrams) {
        one.lookedMs = nowMs
        return
      }
    }
  }

  return (address, port) => {
    const descriptor = sockets.open(address, port)
    if (descriptor < 0) return undefined
    const one: Open = { descriptor, heard: undefined, sender: nobody(), lookedMs: performance.now() }
    const turned = open[opened++ % turns]!
    turned.add(one)
    if (count++ === 0) timer = setInterval(takeTurn, roundMs / turns)
    return {
      port: sockets.portOf(descriptor),
      isIPv6: address.includes(':'),
      listen: (heard) => void (one.heard = heard),
      takeWaiting: () => {
        if (turned.has(one)) look(one, sockets.nowMs() - performance.now())
      },
      send: (datagram, to, where) => {
        if (turned.has(one)) sockets.send(descriptor, datagram, where, to)
      },
      close: () => {
        if (!turned.delete(one)) return
        sockets.close(descriptor)
        if (--count === 0) clearInterval(timer)
      },
    }
  }
}
