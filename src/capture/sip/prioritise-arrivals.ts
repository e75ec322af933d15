/**
 * Priority queue of messages: new calls wait, and all other messages are handled at once. A client whose OPTIONS is not
 * answered treats this recorder as down, and a client whose BYE is not answered in time retransmits it. No message is dropped,
 * and new calls stay in order. A CANCEL also waits, so that it stays behind its INVITE.
 */
import { isNewRequest } from './is-new-request.ts'
import type { Arrival, Receive } from './transport.ts'

/** Longest time for which new calls are handled before messages that arrived meanwhile get their turn. */
const sliceMs = 5
/** Maximum bytes of waiting messages, the same as a socket's buffer (listen-udp.ts). Above it the oldest is handled at once. */
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
