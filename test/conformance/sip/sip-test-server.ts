import type { SipHandler } from '#capture/sip/handler.ts'
import type { SipRequest, SipResponse } from '#capture/sip/message.ts'
import { parseMessage } from '#capture/sip/parse-message.ts'
import { isSamePeer, sipLimits, type SipLimits } from '#capture/sip/server.ts'
import { createSourceGate } from '#capture/sip/source-gate.ts'
import { rfcTimers, scopeClock } from '#capture/sip/timers.ts'
import type { Transport } from '#capture/sip/transport.ts'
import { createUserAgentServer, type TemporaryRefusal } from '#capture/sip/user-agent-server.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

/** Message sent by the server, with its time (milliseconds since the start). */
export interface Sent {
  atMs: number
  to: { address: string; port: number }
  message: SipRequest | SipResponse
}

/** User agent server under a fake clock, with a network that records every message. */
export interface SipTestServer {
  clock: FakeClock
  sent: Sent[]
  faults: unknown[]
  /** Statuses of answers that cannot be parsed, because they repeat a malformed request's headers. */
  answersToMalformed: number[]
  server: ReturnType<typeof createUserAgentServer>
  counters: Record<string, number>
  /** Returns what was sent since the previous call of this function: `[atMs, status or method]`. */
  received(): [number, number | string][]
  send(text: string | Buffer, source?: { address?: string; port?: number }): void
  lastResponse(): SipResponse
}

/** Handlers that answer every request with 200; a test replaces the handlers that it tests. */
export function answering(changes: Partial<SipHandler> = {}): SipHandler {
  return {
    onInvite: (invite) => void invite.respond(200, { body: 'v=0\r\n', contentType: 'application/sdp' }),
    onAck: () => {},
    onReinvite: (invite) => void invite.respond(200, { body: 'v=0\r\n', contentType: 'application/sdp' }),
    onUpdate: (update) => void update.respond(200),
    onBye: () => {},
    onDialogLost: () => {},
    ...changes,
  }
}

export function createTestServer(
  handler: SipHandler,
  options: {
    reliable?: boolean
    limits?: Partial<SipLimits>
    refusal?: () => TemporaryRefusal | undefined
    sharesTrunk?: typeof isSamePeer
  } = {},
): SipTestServer {
  const clock = createFakeClock()
  const startMs = clock.nowMs()
  const sent: Sent[] = []
  const faults: unknown[] = []
  const answersToMalformed: number[] = []
  let reported = 0
  const limits = { ...sipLimits, ...options.limits }
  const reliable = options.reliable ?? false
  const transport: Transport = {
    kind: reliable ? 'tcp' : 'udp',
    reliable,
    address: '192.0.2.10',
    port: 5060,
    send(to, bytes) {
      const message = parseMessage(bytes)
      // The answer to a malformed request repeats its headers, so only the status is read.
      const status = Number(/^SIP\/2\.0 (\d{3}) /.exec(bytes.toString('latin1'))?.[1])
      if (message.kind === 'refusal' && status !== 400) throw new Error(`sent what cannot be read: ${bytes.toString()}`)
      if (message.kind === 'refusal') {
        answersToMalformed.push(status)
        return
      }
      sent.push({ atMs: clock.nowMs() - startMs, to, message })
    },
    stop: async () => {},
  }
  const counters = Object.fromEntries(
    'messages requests responses retransmissions malformed droppedBySource droppedByRate refusedByRate refusedByCap refusedByPressure foreignRequests notAcknowledged timedOut sendFailures faults'
      .split(' ')
      .map((name) => [name, 0]),
  )
  let drawn = 0
  const server = createUserAgentServer({
    handler,
    clock: scopeClock(clock, (error) => faults.push(error)),
    timers: rfcTimers,
    limits,
    gate: createSourceGate(limits, clock),
    counters: counters as never,
    refusal: options.refusal,
    random: (bytes) => Buffer.alloc(bytes, ++drawn),
    onFault: (error) => faults.push(error),
    advertisedHost: undefined,
    transports: () => [transport],
    sharesTrunk: options.sharesTrunk ?? isSamePeer,
  })
  return {
    clock,
    sent,
    faults,
    answersToMalformed,
    server,
    counters,
    received: () => {
      const news = sent
        .slice(reported)
        .map(({ atMs, message }): [number, number | string] => [
          atMs,
          message.kind === 'response' ? message.status : message.method,
        ])
      reported = sent.length
      return news
    },
    send(text, source = {}) {
      const from = { transport: transport.kind, address: source.address ?? '192.0.2.1', port: source.port ?? 5060 }
      const bytes = typeof text === 'string' ? Buffer.from(text) : text
      server.receive({ bytes, source: from, transport, localAddress: '192.0.2.10' })
    },
    lastResponse() {
      const last = sent.at(-1)?.message
      if (last?.kind !== 'response') throw new Error('no response was sent')
      return last
    },
  }
}

/** Writes a request as a well-behaved recording client does; `changes` replace header lines, '' removes one. */
export function request(method: string, changes: Record<string, string> = {}, body = ''): string {
  const number = changes['cseq'] ?? '1'
  const lines: Record<string, string> = {
    via: `SIP/2.0/UDP 192.0.2.1:5060;branch=${changes['branch'] ?? `z9hG4bK-${method}-${number}`}`,
    from: '<sip:src@192.0.2.1>;tag=from1',
    to: '<sip:srs@192.0.2.10>',
    'call-id': 'call-1@192.0.2.1',
    'max-forwards': '70',
    contact: '<sip:src@192.0.2.1:5060>;+sip.src',
    ...changes,
    cseq: `${number} ${changes['cseq-method'] ?? method}`,
  }
  const text = Object.entries(lines)
    .filter(([name, value]) => value !== '' && !['branch', 'uri', 'cseq-method'].includes(name))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return `${method} ${changes['uri'] ?? 'sip:srs@192.0.2.10'} SIP/2.0\r\n${text}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Returns the To of a response, for later requests. */
export function toOf(response: SipResponse): string {
  return response.headers.find(({ name }) => name === 'to')?.value ?? ''
}
