/**
 * One RTP stream of a call: its two sockets, its receiver and its RTCP reports. It makes no decisions about the call. The
 * session closes its streams before it finishes the recording writer.
 * RTP may wait in the socket for a moment (platform/datagrams). Waiting packets are processed before any change that affects
 * how packets are judged or reported. The sockets are not connected: the kernel would then drop packets of strangers, but also
 * those of the client from another port than described.
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

/** Keys of an SRTP stream: the client's for its media, and our own for our reports. */
export type StreamKeys = { theirs: readonly MasterKey[]; own: MasterKey }

/** A stream as described by a session description. */
export type Described = {
  peer: Peer
  codecs: StreamCodec[]
  /** Port for RTCP reports; default: the port after the peer's, or with `mux` the same. */
  reportsPort?: number | undefined
  /** True if RTP and RTCP share a port (RFC 5761). */
  mux?: boolean | undefined
  /** Keys if the stream is SRTP. */
  keys?: StreamKeys | undefined
}

export type ReceiveStreamOptions = Omit<SourceFollowerOptions, 'opener'> &
  Described & {
    ports: MediaPorts
    /** Opener of the media line, if it was open before: it has the replay windows. */
    lineOpener?: MediaOpener
    /** Returns the monotonic time since the recording's start, in units of 100 µs. */
    arrival100us: () => number
    /** Our SSRC in reports. `cname`: our CNAME, which is random (RFC 7022). */
    ssrc: number
    cname: string
    reportMs?: number
  }

/** `lost` is by RFC 3550 A.3, which also counts sequence numbers that advance during a hold; the recording's index is more accurate. */
export type StreamReport = StreamCounters & {
  lost: number
  lastArrival100us: number
  sourceChanges: number
  /** Address that sent most foreign packets, and their number minus that of all others. */
  foreignFrom: { address: string; packets: number }
  /** Packets from the described media source, of sources that were never followed. */
  unfollowed: number
}

export type ReceivedStream = {
  readonly port: number
  /** True once audio has arrived. */
  readonly hasReceived: boolean
  /**
   * Processes packets that wait in the socket, so that recording and counts include everything that has arrived.
   */
  deliverWaiting(): void
  report(): StreamReport
  measure(): StreamMeasure
  /** Starts or ends a pause, during which no packets are expected. */
  pause(on: boolean): void
  /** Starts another recording that begins `shift100us` later than the last one. Resets the counts. */
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
  let peer = peerOfSocket(options.peer)
  let mux = options.mux === true
  let keys = options.keys
  const { lineOpener = new MediaOpener() } = options
  lineOpener.setKeys(keys?.theirs ?? [])
  let opener = keys && lineOpener
  let sealer = keys && new RtcpSealer(keys.own)
  const { latches } = options
  const follower = new SourceFollower({
    ...{ ...options, peer, opener },
    latches: latches && ((address) => latches(plainAddress(address))),
  })
  let rtcpPort = reportsPortOf(options)
  /** Latched address from which reports are accepted instead of the described one. */
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
  // Ignores failed sends to a peer that is down (ICMP): the session decides when the call ends.
  ports.rtcp.on('error', () => {})
  // The interval by RFC 3550 section 6.2 is 5 s for a session of two. It is not randomised (section 6.3.1), because each call is a
  // separate session and calls do not begin at the same time.
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
    // If RTP uses port 65535 there is no RTCP port; sending to 65536 would throw.
    if (peer.port === 0 || rtcpPort > 0xffff) return
    const sent = sealer ? sealer.seal(report) : report
    const { latched } = follower
    if (mux && latched) ports.rtp.send(sent, latched.port, latched.address)
    else if (mux) ports.rtp.send(sent, rtcpPort, peer.address)
    else ports.rtcp.send(sent, rtcpPort, (latched && rtcpAddress) ?? peer.address)
  }

  /** Replaces the keys. Keys that are unchanged keep their packet index: a reused index would reveal plaintext (RFC 3711 section 9.1). */
  function rekey(next: StreamKeys | undefined): void {
    lineOpener.setKeys(next?.theirs ?? [])
    opener = next && lineOpener
    if (!next) sealer = undefined
    else {
      if (!sealer || !keys || !isSameKey(keys.own, next.own)) sealer = new RtcpSealer(next.own)
    }
    keys = next
  }

  /** Returns the peer's address in the form that the socket reports: a dual-stack socket reports IPv4 addresses as mapped ones. */
  function peerOfSocket(described: Peer): Peer {
    const mapped = ports.rtp.isIPv6 && isIPv4(described.address)
    return mapped ? { ...described, address: `::ffff:${described.address}` } : described
  }

  function reportBlock(): ReportBlock | undefined {
    ports.rtp.deliverWaiting()
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
    ports.rtp.deliverWaiting()
    follower.settle()
    ports.release()
  }

  return {
    port: ports.port,
    get hasReceived() {
      return received
    },
    deliverWaiting: () => {
      ports.rtp.deliverWaiting()
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
      ports.rtp.deliverWaiting()
      if (described.peer.port !== peer.port || (described.mux === true) !== mux) rtcpPort = reportsPortOf(described)
      if (described.peer.address !== plainAddress(peer.address)) rtcpAddress = undefined
      mux = described.mux === true
      peer = peerOfSocket(described.peer)
      rekey(described.keys)
      follower.update({ ...described, peer, opener })
    },
    end: () => {
      ports.rtp.deliverWaiting()
      follower.end(arrival100us())
    },
    drain: async (drainMs = 200) => {
      await sleep(drainMs)
      close()
    },
    close,
  }
}

/** Converts an IPv4-mapped address, as reported by a dual-stack socket, to IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

/** Returns the port for reports. With `mux` a given RTCP port is ignored, because it is for peers without mux (RFC 5761, 5.1.3). */
function reportsPortOf({ peer, reportsPort, mux }: Described): number {
  return mux ? peer.port : (reportsPort ?? peer.port + 1)
}
