import { randomBytes } from 'node:crypto'
import { SipFault } from './faults.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import type { SavedDialog, SipCounters, SipHandler } from './handler.ts'
import { listenStream, tcpSockets, type Refusals, type StreamLimits } from './listen-stream.ts'
import { listenUdp } from './listen-udp.ts'
import { messageLimits } from './parse-message.ts'
import { prioritiseArrivals } from './prioritise-arrivals.ts'
import { createSourceGate, type SourceGate, type SourceLimits } from './source-gate.ts'
import { rfcTimers, scopeClock, systemClock, type Clock, type TimerValues } from './timers.ts'
import { tlsSockets } from './tls-sockets.ts'
import type { Arrival, Transport } from './transport.ts'
import {
  createUserAgentServer,
  type TemporaryRefusal,
  type ServingLimits,
  type UserAgentServerSetting,
} from './user-agent-server.ts'

export interface SipLimits extends ServingLimits, StreamLimits, SourceLimits {
  /** Timeout of a TLS handshake. */
  handshakeMs: number
}

/** Default limits: times in milliseconds, sizes in bytes. A client may start 1,000 calls at once, and then 200 per second. */
export const sipLimits: SipLimits = {
  ...messageLimits,
  dialogs: 20_000,
  dialogsPerSource: 15_000,
  transactions: 60_000,
  answerMs: 30_000,
  connections: 2_048,
  connectionsPerSource: 256,
  handshakes: 1_024,
  messageMs: 30_000,
  handshakeMs: 10_000,
  newRequestsPerSecond: 200,
  newRequestsBurst: 1_000,
  rememberedSources: 10_000,
}

const refusalsQuietMs = 60_000

export interface SipServerOptions {
  /** Address to listen at, IPv4 or IPv6; `0.0.0.0` or `::` for all. */
  host: string
  /** Port; 0 selects one that is free for every transport. */
  port: number
  transports: readonly ('udp' | 'tcp')[]
  /** SIP over TLS, at a separate address and port (0 selects a free one). */
  tls?: { host: string; port: number; certificate: FollowedCertificate } | undefined
  handler: SipHandler
  timers?: Partial<TimerValues>
  limits?: Partial<SipLimits>
  clock?: Clock
  /** Dialogs saved by an earlier process. They are reopened before any message is received. */
  resumed?: readonly SavedDialog[]
  /** Called before each new session. Returns the reason to refuse it; undefined to accept it. */
  refusal?: () => TemporaryRefusal | undefined
  /** Returns true if both sources belong to one trunk. Default: the same address, or the same client certificate. */
  sharesTrunk?: UserAgentServerSetting['sharesTrunk']
  /** Returns that many random bytes, for tags and branches. */
  random?: (bytes: number) => Buffer
  /** Called with errors on our side, such as an exception of the handler or a failed socket. Default: a process warning. */
  onFault?: (error: unknown) => void
  /** Called with the final status of each new session, and the time from its INVITE to that answer. */
  onAnswered?: (status: number, tookMs: number) => void
  /** Host in Contact and Via, if the address listened at is not suitable. */
  advertisedHost?: string
}

export interface SipServer {
  readonly address: string
  readonly port: number
  /** Port of TLS, if enabled. */
  readonly tlsPort: number | undefined
  readonly metrics: Readonly<SipCounters>
  /** Closes the sockets. Dialogs are not ended: a restarted recorder can resume their media. */
  stop(): Promise<void>
}

/**
 * Starts the session recording server's SIP side.
 * @throws SipFault `sip-listen-failed`
 */
export async function startSipServer(options: SipServerOptions): Promise<SipServer> {
  const limits = { ...sipLimits, ...options.limits }
  const onFault = options.onFault ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error)))
  const counters = zeroCounters()
  const clock = scopeClock(options.clock ?? systemClock, (error) => {
    counters.faults++
    onFault(error)
  })
  const gate = reportUnknownSources(createSourceGate(limits, clock), clock, onFault)
  let transports: Transport[] = []
  let stopped = false
  const server = createUserAgentServer({
    handler: options.handler,
    clock,
    timers: { ...rfcTimers, ...options.timers },
    limits,
    gate,
    counters,
    refusal: options.refusal,
    onAnswered: options.onAnswered,
    random: options.random ?? randomBytes,
    onFault,
    advertisedHost: options.advertisedHost,
    transports: () => transports,
    sharesTrunk: options.sharesTrunk ?? isSamePeer,
  })
  for (const saved of options.resumed ?? []) server.resume(saved)
  const queue = prioritiseArrivals(server.receive)
  const receive = (arrival: Arrival) => {
    if (stopped) return
    // Messages from sources that are not allowed are dropped at once.
    if (gate.allows(arrival.source.address)) queue.receive(arrival)
    else server.receive(arrival)
  }
  const listen = (kind: 'udp' | 'tcp', port: number) =>
    kind === 'udp'
      ? listenUdp(options.host, port, receive, counters, onFault)
      : listenStream(
          tcpSockets,
          options.host,
          port,
          receive,
          gate.allows,
          limits,
          clock,
          counters,
          onFault,
          refusalsOver('TCP'),
        )
  const plain = await listenAll(options.transports, options.port, listen)
  transports = plain
  if (options.tls) transports = [...plain, await listenTls(options.tls)]

  /** Counts refused connections, and reports them at most once a minute. */
  function refusalsOver(kind: 'TCP' | 'TLS'): Refusals {
    let quietUntilMs = -Infinity
    const report = (reason: string, address: string) => {
      if (clock.nowMs() < quietUntilMs) return
      quietUntilMs = clock.nowMs() + refusalsQuietMs
      onFault(new SipFault('sip-client-refused', `No connection over ${kind} from ${address || 'a client'}: ${reason}`))
    }
    const refuse = (reason: string, address: string) => {
      counters.connectionsRefused++
      report(reason, address)
    }
    return { refuse, report }
  }

  function listenTls({ host, port, certificate }: NonNullable<SipServerOptions['tls']>): Promise<Transport> {
    const refusals = refusalsOver('TLS')
    const sockets = tlsSockets({ certificate, handshakeMs: limits.handshakeMs, onRefused: refusals.refuse })
    return listenStream(sockets, host, port, receive, gate.allows, limits, clock, counters, onFault, refusals).catch(
      async (error: unknown) => {
        await Promise.all(plain.map((transport) => transport.stop()))
        throw error
      },
    )
  }

  return {
    address: transports[0]!.address,
    port: transports[0]!.port,
    tlsPort: transports.find(({ kind }) => kind === 'tls')?.port,
    get metrics() {
      return { ...counters, ...server.sizes() }
    },
    async stop() {
      if (stopped) return
      stopped = true
      queue.stop()
      server.stop()
      clock.cancelAll()
      await Promise.all(transports.map((transport) => transport.stop()))
    },
  }
}

/** Wraps a gate to report sources that are not allowed, at most once a minute: usually recording clients missing in the settings. */
function reportUnknownSources(gate: SourceGate, clock: Clock, onFault: (error: unknown) => void): SourceGate {
  let quietUntilMs = -Infinity
  const allows = (address: string) => {
    if (gate.allows(address)) return true
    if (clock.nowMs() < quietUntilMs) return false
    quietUntilMs = clock.nowMs() + refusalsQuietMs
    onFault(new SipFault('sip-source-unknown', `SIP from ${address} is dropped: SELOSTE_SIP_SOURCES does not name it`))
    return false
  }
  return { ...gate, allows }
}

/** Returns true if two sources are one peer by default. If both present certificates, only these are compared. */
export const isSamePeer: UserAgentServerSetting['sharesTrunk'] = (one, other) =>
  one.client !== undefined && other.client !== undefined ? one.client === other.client : one.address === other.address

/** Opens all transports at one port. With port 0 the first transport gets a free port; tries again if another cannot use it. */
async function listenAll(
  kinds: readonly ('udp' | 'tcp')[],
  port: number,
  listen: (kind: 'udp' | 'tcp', port: number) => Promise<Transport>,
): Promise<Transport[]> {
  for (let attempt = 1; ; attempt++) {
    const transports: Transport[] = []
    try {
      for (const kind of kinds) transports.push(await listen(kind, transports[0]?.port ?? port))
      return transports
    } catch (error) {
      await Promise.all(transports.map((transport) => transport.stop()))
      if (port !== 0 || transports.length === 0 || attempt === 20) throw error
    }
  }
}

function zeroCounters(): SipCounters {
  return {
    messages: 0,
    requests: 0,
    responses: 0,
    retransmissions: 0,
    malformed: 0,
    droppedBySource: 0,
    droppedByRate: 0,
    refusedByRate: 0,
    refusedByCap: 0,
    refusedByPressure: 0,
    foreignRequests: 0,
    notAcknowledged: 0,
    timedOut: 0,
    sendFailures: 0,
    faults: 0,
    dialogsOpen: 0,
    transactionsOpen: 0,
    connectionsOpen: 0,
    connectionsRefused: 0,
    receiveBufferBytes: 0,
  }
}
