/**
 * One RTP stream of a call: its two sockets, its receiver, its reports.
 *
 * In: bound ports and what the session description says. Out: packets in the recording, counters, receiver reports.
 * Never here: a decision about the call. Who closes whom: the session ends its streams, then finishes the writer.
 *
 * One plain dgram socket a stream. Measured against it: node:ffi with epoll and recvmmsg is experimental and crashed;
 * connected sockets would let the kernel drop strangers but also sources on an undescribed port.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { RemoteInfo } from 'node:dgram'
import { isIPv4 } from 'node:net'
import type { MediaPorts } from './allocate-ports.ts'
import { SourceFollower, type Peer, type SourceFollowerOptions, type StreamCounters } from './follow-source.ts'
import { readSenderReport, writeReceiverReport, type ReportBlock } from './rtcp.ts'
import type { StreamCodec } from '#register/recordings/recording-log.ts'

export type ReceiveStreamOptions = SourceFollowerOptions & {
  ports: MediaPorts
  /** 100-microsecond units since the recording's start mark, monotonic. */
  arrival100us: () => number
  /** Our own SSRC and CNAME (RFC 7022: random) in reports. */
  ssrc: number
  cname: string
  reportMs?: number
}

/** `lost` as RFC 3550 A.3 counts it: during a hold, numbers that run on count too; the index knows better. */
export type StreamReport = StreamCounters & { lost: number; lastArrival100us: number }

export type ReceivedStream = {
  readonly port: number
  report(): StreamReport
  /** A new session description. */
  update(described: { peer: Peer; codecs: StreamCodec[] }): void
  /** Goes on receiving for what is still on its way (after a BYE), then closes. */
  drain(drainMs?: number): Promise<void>
  /** Closes at once. */
  close(): void
}

/** Starts receiving. The recording must be ready to accept packets. */
export function receiveStream(options: ReceiveStreamOptions): ReceivedStream {
  const { ports, arrival100us, reportMs = 5000 } = options
  let peer = heardAs(options.peer)
  const follower = new SourceFollower({ ...options, peer })
  let rtcpPort = peer.port + 1
  let lastSenderReport = 0
  let senderReportAt100us = 0
  let reported = { expected: 0, lost: 0 }
  let closed = false

  ports.rtp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    follower.receive(bytes, bytes.length, arrival100us(), from.address, from.port)
  })
  ports.rtcp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    if (from.address !== peer.address) return
    follower.counters.rtcp++
    rtcpPort = from.port
    const sent = readSenderReport(bytes, follower.ssrc)
    if (sent === undefined) return
    lastSenderReport = sent
    senderReportAt100us = arrival100us()
  })
  // A peer that is gone makes sends fail (ICMP); the call's end is the session's to decide.
  ports.rtp.on('error', () => {})
  ports.rtcp.on('error', () => {})
  const timer = setInterval(sendReport, reportMs)

  function sendReport(): void {
    const report = writeReceiverReport(options.ssrc, options.cname, reportBlock())
    // Port 65535 has none after it, and a send to 65536 throws.
    if (peer.port > 0 && rtcpPort <= 0xffff) ports.rtcp.send(report, rtcpPort, peer.address)
  }

  /** A socket for both families hears IPv4 peers under addresses of its own. */
  function heardAs(described: Peer): Peer {
    const mapped = ports.rtp.address().family === 'IPv6' && isIPv4(described.address)
    return mapped ? { ...described, address: `::ffff:${described.address}` } : described
  }

  function reportBlock(): ReportBlock | undefined {
    if (follower.ssrc === -1) return undefined
    const { expected, lost, sequence } = follower
    const lostSince = Math.max(0, lost - reported.lost)
    const expectedSince = Math.max(1, expected - reported.expected)
    reported = { expected, lost }
    const sinceReport = senderReportAt100us === 0 ? 0 : arrival100us() - senderReportAt100us
    return {
      ssrc: follower.ssrc,
      fractionLost: Math.min(255, Math.floor((256 * lostSince) / expectedSince)),
      lost,
      extendedHighestSeq: sequence.firstSeq + sequence.highestOffset,
      jitter: follower.jitter16 >> 4,
      lastSenderReport,
      delaySinceSenderReport: Math.floor(sinceReport * 6.5536),
    }
  }

  function close(): void {
    if (closed) return
    closed = true
    clearInterval(timer)
    follower.settle()
    ports.release()
  }

  return {
    port: ports.port,
    report: () => ({ ...follower.counters, lost: follower.lost, lastArrival100us: follower.lastArrival100us }),
    update: (described) => {
      if (described.peer.port !== peer.port) rtcpPort = described.peer.port + 1
      peer = heardAs(described.peer)
      follower.update({ ...described, peer })
    },
    drain: async (drainMs = 200) => {
      await sleep(drainMs)
      close()
    },
    close,
  }
}
