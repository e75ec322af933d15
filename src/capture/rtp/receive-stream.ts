/**
 * One RTP stream of a call: its two sockets, its receiver, its reports. It decides nothing about the call. The session closes
 * its streams first, then finishes the writer.
 * RTP may wait in its socket for a moment (platform/datagrams). Waiting packets are processed before any change that affects
 * how packets are judged or reported. The sockets are not connected: the kernel would drop strangers, but also sources on an
 * undescribed port.
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

/** Keys of an SRTP stream: the client's for its media, and ours for our reports. */
export type StreamKeys = { theirs: readonly MasterKey[]; own: MasterKey }

/** A stream as described by a session description. */
export type Described = {
  peer: Peer
  codecs: StreamCodec[]
  /** Port for reports, if not the one after the peer's, nor the peer's own. */
  reportsPort?: number | undefined
  /** RTP and RTCP share its port (RFC 5761). */
  mux?: boolean | undefined
  /** Set if the stream is SRTP. */
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

/** `lost` as in RFC 3550 A.3: numbers that continue during a hold count too; the index is more accurate. */
export type StreamReport = StreamCounters & {
  lost: number
  lastArrival100us: number
  sourceChanges: number
  /** The address that most foreign packets came from, and how many more than from all others. */
  foreignFrom: { address: string; packets: number }
  /** Packets from the described media source, of sources that were never followed. */
  unfollowed: number
}

export type ReceivedStream = {
  readonly port: number
  /** True once audio has arrived. */
  readonly hasReceived: boolean
  /**
   * Processes waiting packets, so that recording and counts include everything that has arrived. Otherwise they may lag by a
   * moment.
   */
  takeWaiting(): void
  report(): StreamReport
  measure(): StreamMeasure
  /** Starts or ends a pause, during which no packets are expected. */
  pause(on: boolean): void
  /** Starts another recording, whose time is `shift100us` more than the last one’s. Counts are reset. */
  beginAnew(shift100us: number): void
  update(described: Described): void
  /** Handles the end signal: packets sent after it are not recorded. */
  end(): void
  /** Continues to receive packets in flight (after a BYE), then closes. */
  drain(drainMs?: number): Promise<void>
  close(): void
}

/** Starts receiving. The recording must be ready to accept packets. */
export function receiveStream(options: ReceiveStreamOptions): ReceivedStream {
  const { ports, arrival100us, reportMs = 5000 } = options
  let peer = latchedPeer(options.peer)
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
  /** Source of reports instead of the described address. */
  let rtcpAddress: string | undefined
  let lastSenderReport = 0
  let senderReportAt100us = 0
  let reported = { expected: 0, lost: 0 }
  let closed = false
  let received = false

  ports.rtp.listen((bytes, size, address, port, agoMs) => {
    if (mux && isRtcp(bytes, size)) return receive(bytes.subarray(0, size), address, port)
    follower.receive(bytes, size, Math.max(0, arrival100us() - Math.round(agoMs * 10)), address, port)
    if (received || follower.ssrc === -1) return
    received = true
    ports.received?.()
  })
  ports.rtcp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    receive(bytes, from.address, from.port)
  })
  // Sends to a peer that is down fail (ICMP); the session decides when the call ends.
  ports.rtcp.on('error', () => {})
  // RFC 3550 section 6.2 results in 5 s for a session of two. 6.3.1 randomises intervals so that many who join at once do not
  // report at once: here each call has a session of its own, and calls do not begin together.
  const timer = setInterval(sendReport, reportMs)

  /** Handles a compound RTCP packet. */
  function receive(bytes: Buffer, address: string, port: number): void {
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
    // There is no port after 65535, and a send to 65536 throws.
    if (peer.port === 0 || rtcpPort > 0xffff) return
    const sent = sealer ? sealer.seal(report) : report
    const { latched } = follower
    if (mux && latched) ports.rtp.send(sent, latched.port, latched.address)
    else if (mux) ports.rtp.send(sent, rtcpPort, peer.address)
    else ports.rtcp.send(sent, rtcpPort, (latched && rtcpAddress) ?? peer.address)
  }

  /** Replaces the keys. Repeated keys keep their counters: a reused index would reveal the plaintext (RFC 3711 section 9.1). */
  function rekey(next: StreamKeys | undefined): void {
    if (!next) opener = sealer = undefined
    else {
      if (opener) opener.setKeys(next.theirs)
      else opener = new MediaOpener(next.theirs)
      if (!sealer || !keys || !isSameKey(keys.own, next.own)) sealer = new RtcpSealer(next.own)
    }
    keys = next
  }

  /** Returns the peer as reported by the socket: a dual-stack socket reports IPv4 addresses as mapped ones. */
  function latchedPeer(described: Peer): Peer {
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
    get hasReceived() {
      return received
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
      peer = latchedPeer(described.peer)
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

/** Returns the IPv4 address of a mapped one, as reported by a dual-stack socket. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

/** RFC 5761 section 5.1.3: an RTCP port given is for peers that do not multiplex. */
function reportsTo({ peer, reportsPort, mux }: Described): number {
  return mux ? peer.port : (reportsPort ?? peer.port + 1)
}
