/**
 * Order in which messages are served: new calls wait, everything else is served as it comes. A client that gets no answer to its
 * OPTIONS takes this recorder for dead, and one whose BYE or ACK is late sends it again.
 *
 * In: messages as they come. Out: the same, each once. Never here: a message dropped, or two new calls of one another's order
 * changed; a CANCEL waits behind the INVITE that it may belong to.
 */
import { isNewRequest } from './is-new-request.ts'
import type { Arrival, Receive } from './transport.ts'

/** New calls are served for so long, then whatever has come meanwhile. */
const sliceMs = 5
/** As much waits as a socket holds (listen-udp.ts); beyond it the oldest is served at once. */
const waitingBytes = 4 * 1024 * 1024

export interface ArrivalQueue {
  receive: Receive
  stop(): void
}

export function prioritiseArrivals(serve: Receive): ArrivalQueue {
  const waiting: Arrival[] = []
  let bytes = 0
  let next: NodeJS.Immediate | undefined

  function serveNext(): void {
    const arrival = waiting.shift()
    if (!arrival) return
    bytes -= arrival.bytes.length
    serve(arrival)
  }

  function turn(): void {
    next = undefined
    if (waiting.length === 0) return
    next = setImmediate(turn)
    const untilMs = performance.now() + sliceMs
    do serveNext()
    while (waiting.length > 0 && performance.now() < untilMs)
  }

  return {
    receive(arrival) {
      if (!mayWait(arrival)) return serve(arrival)
      next ??= setImmediate(turn)
      waiting.push(arrival)
      bytes += arrival.bytes.length
      while (bytes > waitingBytes) serveNext()
    },
    stop() {
      clearImmediate(next)
      waiting.length = 0
      bytes = 0
    },
  }
}

function mayWait({ bytes, broken }: Arrival): boolean {
  if (broken !== undefined) return false
  const method = bytes.toString('latin1', 0, 7)
  return method === 'CANCEL ' || (method === 'INVITE ' && isNewRequest(bytes))
}
