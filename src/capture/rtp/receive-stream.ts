/**
 * One RTP stream of a call: its two sockets, its receiver, its reports.
 *
 * In: bound ports and what the session description says. Out: packets in the recording, counters, receiver reports.
 * Never here: a decision about the call. Who closes whom: the session ends its streams, then finishes the writer.
 *
 * RTP may wait in its socket for a moment (platform/datagrams): before anything changes by which packets are judged or told,
 * what waits is taken. Connected sockets would let the kernel drop strangers, but also sources on an undescribed port.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { RemoteInfo } from 'node:dgram'
import { isIPv4 } from 'node:net'
import { MediaOpener } from '../srtp/open-media.ts'
import { RtcpSealer } from '../srtp/protect-rtcp.ts'
import { isSameKey, type MasterKey } from '../srtp/suites.ts'
import type { MediaPorts } from './allocate-ports.ts'
import { SourceFollower, type Peer, type SourceFollowerOptions, type StreamCounters } from './follow-source.ts'
import { isRtcp } from './parse-packet.ts'
import type { StreamMeasure } from './measure-stream.ts'
import { readSenderReport, writeReceiverReport, type ReportBlock } from './rtcp.ts'
import type { StreamCodec } from '#register/recordings/recording-log.ts'

/** The keys of an SRTP stream: the client's, under which it sends, and ours for our reports. */
export type StreamKeys = { theirs: readonly MasterKey[]; own: MasterKey }

/** What a session description says of a stream. */
export type Described = {
  peer: Peer
  codecs: StreamCodec[]
  /** Where reports go, when not to the port after the peer's nor to the peer's own. */
  reportsPort?: number | undefined
  /** RTP and RTCP share its port (RFC 5761). */
  mux?: boolean | undefined
  /** Set where the stream is SRTP. */
  keys?: StreamKeys | undefined
}

export type ReceiveStreamOptions = Omit<SourceFollowerOptions, 'opener'> &
  Described & {
    ports: MediaPorts
    /** 100-microsecond units since the recording's start mark, monotonic. */
    arrival100us: () => number
    /** Our own SSRC and CNAME (RFC 7022: random) in reports. */
    ssrc: number
    cname: string
    reportMs?: number
  }

/** `lost` as RFC 3550 A.3 counts it: during a hold, numbers that run on count too; the index knows better. */
export type StreamReport = StreamCounters & {
  lost: number
  lastArrival100us: number
  sourceChanges: number
  /** The address that most foreign packets came from, and how many more than from all others. */
  foreignFrom: { address: string; packets: number }
  /** Packets from where media were described, of sources that were never followed. */
  unfollowed: number
}

export type ReceivedStream = {
  readonly port: number
  /** Sound has come. */
  readonly heard: boolean
  /** What has come is in the recording and in the counts when this returns; without it they may lag by a moment. */
  takeWaiting(): void
  report(): StreamReport
  /** How well it came in until now. */
  measure(): StreamMeasure
  /** Nothing is to come for a while, or it is again. */
  pause(on: boolean): void
  /** Another recording begins, whose time is `shift100us` more than the last one's: it is told the source, and counts begin anew. */
  beginAnew(shift100us: number): void
  /** A new session description. */
  update(described: Described): void
  /** The end signal has come: what was sent after it is not kept. */
  end(): void
  /** Goes on receiving for what is still on its way (after a BYE), then closes. */
  drain(drainMs?: number): Promise<void>
  /** Closes at once. */
  close(): void
}

/** Starts receiving. The recording must be ready to accept packets. */
export function receiveStream(options: ReceiveStreamOptions): ReceivedStream {
  const { ports, arrival100us, reportMs = 5000 } = options
  let peer = heardAs(options.peer)
  let mux = options.mux === true
  let keys = options.keys
  let opener = keys && new MediaOpener(keys.theirs)
  let sealer = keys && new RtcpSealer(keys.own)
  const { latches } = options
  const follower = new SourceFollower({
    ...{ ...options, peer, opener },
    latches: latches && ((address) => latches(plainAddress(address))),
  })
  let rtcpPort = reportsTo(options)
  /** Where reports come from instead of the described address. */
  let rtcpAddress: string | undefined
  let lastSenderReport = 0
  let senderReportAt100us = 0
  let reported = { expected: 0, lost: 0 }
  let closed = false
  let heard = false

  ports.rtp.listen((bytes, size, address, port, agoMs) => {
    if (mux && isRtcp(bytes, size)) return hear(bytes.subarray(0, size), address, port)
    follower.receive(bytes, size, Math.max(0, arrival100us() - Math.round(agoMs * 10)), address, port)
    if (heard || follower.ssrc === -1) return
    heard = true
    ports.heard?.()
  })
  ports.rtcp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    hear(bytes, from.address, from.port)
  })
  // A peer that is gone makes sends fail (ICMP); the call's end is the session's to decide.
  ports.rtcp.on('error', () => {})
  // RFC 3550 section 6.2 comes to 5 s for a session of two, and 6.3.1 strews reports so that many who join at once do not
  // report at once: here each has a session of its own, and calls do not begin together.
  const timer = setInterval(sendReport, reportMs)

  /** A compound RTCP packet came. */
  function hear(bytes: Buffer, address: string, port: number): void {
    if (address !== peer.address && address !== follower.latched?.address) return
    const report = opener ? opener.openRtcp(bytes) : bytes
    if (!report) {
      follower.counters.unauthentic++
      return
    }
    follower.counters.rtcp++
    rtcpPort = port
    rtcpAddress = address
    const sent = readSenderReport(report, follower.ssrc)
    if (sent === undefined) return
    lastSenderReport = sent.lsr
    follower.meter.reported(sent.packets)
    senderReportAt100us = arrival100us()
  }

  function sendReport(): void {
    const report = writeReceiverReport(options.ssrc, options.cname, reportBlock())
    // Port 65535 has none after it, and a send to 65536 throws.
    if (peer.port === 0 || rtcpPort > 0xffff) return
    const sent = sealer ? sealer.seal(report) : report
    const { latched } = follower
    if (mux && latched) ports.rtp.send(sent, latched.port, latched.address)
    else if (mux) ports.rtp.send(sent, rtcpPort, peer.address)
    else ports.rtcp.send(sent, rtcpPort, (latched && rtcpAddress) ?? peer.address)
  }

  /** Keys that are told again go on where they were: an index used twice would tell what was sealed (RFC 3711 section 9.1). */
  function rekey(next: StreamKeys | undefined): void {
    if (!next) opener = sealer = undefined
    else {
      if (opener) opener.setKeys(next.theirs)
      else opener = new MediaOpener(next.theirs)
      if (!sealer || !keys || !isSameKey(keys.own, next.own)) sealer = new RtcpSealer(next.own)
    }
    keys = next
  }

  /** A socket for both families hears IPv4 peers under addresses of its own. */
  function heardAs(described: Peer): Peer {
    const mapped = ports.rtp.isIPv6 && isIPv4(described.address)
    return mapped ? { ...described, address: `::ffff:${described.address}` } : described
  }

  function reportBlock(): ReportBlock | undefined {
    ports.rtp.takeWaiting()
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
    ports.rtp.takeWaiting()
    follower.settle()
    ports.release()
  }

  return {
    port: ports.port,
    get heard() {
      return heard
    },
    takeWaiting: () => {
      ports.rtp.takeWaiting()
    },
    report: () => {
      const { counters, lost, lastArrival100us, sourceChanges, foreign, unfollowed } = follower
      const foreignFrom = { address: plainAddress(foreign.address), packets: foreign.packets }
      return { ...counters, lost, lastArrival100us, sourceChanges, foreignFrom, unfollowed }
    },
    measure: () => follower.meter.measure(arrival100us()),
    pause: (on) => {
      follower.meter.pause(on)
    },
    beginAnew: (shift100us) => {
      follower.beginAnew(shift100us)
      reported = { expected: 0, lost: 0 }
      if (senderReportAt100us !== 0) senderReportAt100us += shift100us
    },
    update: (described) => {
      ports.rtp.takeWaiting()
      if (described.peer.port !== peer.port || (described.mux === true) !== mux) rtcpPort = reportsTo(described)
      if (described.peer.address !== plainAddress(peer.address)) rtcpAddress = undefined
      mux = described.mux === true
      peer = heardAs(described.peer)
      rekey(described.keys)
      follower.update({ ...described, peer, opener })
    },
    end: () => {
      ports.rtp.takeWaiting()
      follower.end(arrival100us())
    },
    drain: async (drainMs = 200) => {
      await sleep(drainMs)
      close()
    },
    close,
  }
}

/** A socket for both families tells IPv4 addresses in a way of its own. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

/** RFC 5761 section 5.1.3: a port told for RTCP is for who does not multiplex. */
function reportsTo({ peer, reportsPort, mux }: Described): number {
  return mux ? peer.port : (reportsPort ?? peer.port + 1)
}
