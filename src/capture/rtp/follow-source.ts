/**
 * Receiver of one RTP stream, without its socket. It decides which packets belong to the call, and passes them to the
 * recording. It accepts packets only from the address of the session description (or the latched one), follows one SSRC at a
 * time, records no key presses (DTMF), and does not reorder packets.
 * Probation: a source is followed once two of its packets have arrived in order (RFC 3550, A.1). Its packets are held until
 * then and recorded when it is followed, so that nothing of the call is lost. Another source (a new SSRC, another port, or a
 * jump of sequence numbers) takes over only after the followed one became silent, after a new session description, or if it
 * sends from the described port and the followed one does not. A source on the described port is not replaced by one on another
 * port (a more permissive rule caused CVE-2025-53399).
 * Latching (RFC 7362): if nothing arrives from the described address, a source in the trunk's own networks is followed, one
 * address and port for each session description. Once the described address sends, it takes over permanently.
 */
import type { RecordingWriter } from '#register/recordings/recording-writer.ts'
import type { StreamCodec } from '#register/recordings/recording-log.ts'
import { SequenceExtender } from './extend-sequence.ts'
import type { MediaOpener } from '../srtp/open-media.ts'
import { replayed, tooOld } from '../srtp/open-rtp.ts'
import { StreamMeter } from './measure-stream.ts'
import { emptyPacket, isRtcp, parsePacket, type RtpPacket } from './parse-packet.ts'

/** Address and port of media, as in a session description. */
export type Peer = { address: string; port: number }

/**
 * Counts of packets. `received`: recorded; `receivedBytes`: their payload; `late`: too far back to be told from a duplicate;
 * `foreign`: from another source; `invalid`: not RTP; `unauthentic`: not encrypted under the keys of the session description;
 * `omitted`: key presses; `shed`: dropped because the disk was too slow.
 */
export type StreamCounters = {
  received: number
  receivedBytes: number
  late: number
  duplicates: number
  foreign: number
  invalid: number
  unauthentic: number
  omitted: number
  shed: number
  rtcp: number
}

export type SourceFollowerOptions = {
  /** Number of the stream in the recording. */
  stream: number
  peer: Peer
  codecs: StreamCodec[]
  recording: Pick<RecordingWriter, 'source' | 'packet' | 'omitted'>
  /** Decrypts packets if the stream is SRTP. Packets that cannot be decrypted are discarded. */
  opener?: MediaOpener | undefined
  /** Returns true for an address of the trunk's networks; set if the trunk latches. */
  latches?: ((address: string) => boolean) | undefined
}

function noCounts(): StreamCounters {
  return {
    ...{ received: 0, receivedBytes: 0, late: 0, duplicates: 0, foreign: 0, invalid: 0 },
    ...{ unauthentic: 0, omitted: 0, shed: 0, rtcp: 0 },
  }
}

const silence100us = 4000
/** RTP ticks in 100 us at 8000 Hz. */
const defaultTicks = 0.8
/** Longest overlap of a new source with the old one that is recorded, because packets of the two may cross. */
const maxOverlap100us = 500
/** After a new session description another source may take over at once, until the old source has sent this many packets. */
const takeoverPackets = 50
const heldLimit = 64
/** How well a source matches the session description. */
const [elsewhere, otherPort, described] = [0, 1, 2]
/** Length of a key press (RFC 4733 section 2.3). An undeclared payload of this length is treated as one, and never recorded. */
const eventBytes = 4
/** Packets of a payload type that are key presses: none, all, those that look like one, or those with one in a block. */
const keyPress = { never: 0, always: 1, ifItLooksLikeOne: 2, ifInABlock: 3 } as const
const candidateLimit = 4

type Held = { packet: RtpPacket; bytes: Buffer; arrival100us: number }
type Candidate = Peer & { ssrc: number; nextSeq: number; inOrder: boolean; held: Held[] }

function keyPressesOf({ codec, isRedundant }: StreamCodec): number {
  if (codec === 'telephone-event') return keyPress.always
  if (isRedundant) return keyPress.ifInABlock
  return codec === 'unknown' ? keyPress.ifItLooksLikeOne : keyPress.never
}

export class SourceFollower {
  counters: StreamCounters = noCounts()
  /** Arrival of the last recorded packet, or -1. */
  lastArrival100us = -1
  /** Inter-arrival jitter in RTP units times 16 (RFC 3550, A.8). */
  jitter16 = 0
  /** The SSRC followed, or -1. */
  ssrc = -1
  /** Number of changes to another address or port. */
  sourceChanges = 0
  /** Address that sent most foreign packets ('' before the first), and their number minus that of all others. */
  readonly foreign = { address: '', packets: 0 }
  /**
   * Packets from the described address and port that are not recorded: of sources that were never followed, or not decryptable
   * while nothing else arrived.
   */
  unfollowed = 0
  /** Latched source, from which media are accepted instead of the described address. */
  latched: Peer | undefined
  readonly sequence = new SequenceExtender()
  readonly meter = new StreamMeter()
  private readonly stream: number
  private readonly recording: SourceFollowerOptions['recording']
  private readonly packet = emptyPacket()
  /** Which packets are key presses, by payload type. */
  private readonly keyPresses = new Uint8Array(128)
  /** Ticks of the RTP clock in 100 us, by payload type. */
  private readonly ticks = new Float64Array(128)
  private opener: MediaOpener | undefined
  private peer: Peer
  private codecs: StreamCodec[] = []
  private readonly latches: SourceFollowerOptions['latches']
  /** Address of the followed source. */
  private address = ''
  private port = -1
  /** Address whose packets need no source check. */
  private usualAddress: string
  /** True once the described address has been followed: another is not latched any more. */
  private describedHasSent = false
  /** Address and port of the last followed source. */
  private followedFrom = ''
  private candidates: Candidate[] = []
  private takeoverPacketsLeft = 0
  /** End of the call; -1 before. */
  private ended100us = -1
  /** Arrival, RTP timestamp and jitter of the last packet before the end. */
  private lastBeforeEnd = { arrival100us: 0, timestamp: 0, jitter: 0 }
  private lastTransit = 0
  private expectedBefore = 0
  private receivedBefore = 0
  private receivedOfSource = 0
  /** True until a recording's first packet, whose time cannot be compared with that of the previous packet. */
  private isFirst = false

  constructor({ stream, peer, codecs, recording, opener, latches }: SourceFollowerOptions) {
    this.opener = opener
    this.stream = stream
    this.peer = peer
    this.usualAddress = peer.address
    this.latches = latches
    this.recording = recording
    this.setCodecs(codecs)
  }

  /** Handles a datagram of `size` bytes. `arrival100us` counts from the recording's start. */
  receive(bytes: Buffer, size: number, arrival100us: number, address: string, port: number): void {
    if (address !== this.usualAddress && !this.mayComeFrom(address, port)) return this.countForeign(address)
    const { packet } = this
    if (isRtcp(bytes, size)) {
      this.counters.rtcp++
      return
    }
    const plain = this.opener ? this.opener.openRtp(bytes, size) : size
    if (plain < 0) return this.countUndecrypted(plain, arrival100us, address, port)
    if (!parsePacket(bytes, plain, packet)) {
      this.counters.invalid++
      return
    }
    if (this.ended100us >= 0 && arrival100us > this.ended100us && this.isAfterEnd(packet, address, port)) return
    if (packet.ssrc !== this.ssrc || port !== this.port || address !== this.address)
      return this.holdCandidate(packet, bytes, arrival100us, address, port)
    this.follow(packet, bytes, arrival100us)
  }

  /** Applies a new session description: peer, codecs or keys may differ, and another source may take over at once. */
  update({ peer, codecs, opener }: { peer: Peer; codecs: StreamCodec[]; opener?: MediaOpener | undefined }): void {
    this.opener = opener
    const changed = JSON.stringify(codecs) !== JSON.stringify(this.codecs)
    if (peer.address !== this.peer.address || peer.port !== this.peer.port) {
      this.latched = undefined
      this.describedHasSent = false
      this.usualAddress = peer.address
    }
    this.peer = peer
    this.setCodecs(codecs)
    this.takeoverPacketsLeft = takeoverPackets
    if (changed) this.leave() // Starts a new source, because payload types are recorded per source.
  }

  /**
   * Starts another recording that begins `shift100us` later than the last one. The followed source continues without probation
   * and with the same sequence numbers, so that no packet is lost in between and duplicates are still detected.
   */
  beginAnew(shift100us: number): void {
    this.counters = noCounts()
    this.foreign.address = ''
    this.foreign.packets = 0
    this.unfollowed = 0
    this.lastArrival100us = -1
    this.sourceChanges = 0
    for (const candidate of this.candidates) {
      const moved = candidate.held.map((one) => ({ ...one, arrival100us: one.arrival100us + shift100us }))
      // Keeps packets from shortly before the start (`maxOverlap100us`): if the source takes over, they are recorded at time 0.
      candidate.held = moved.filter(({ arrival100us }) => arrival100us >= -maxOverlap100us)
      for (const one of candidate.held) one.arrival100us = Math.max(0, one.arrival100us)
    }
    this.candidates = this.candidates.filter(({ held }) => held.length > 0)
    this.receivedBefore = this.receivedOfSource = 0
    this.expectedBefore = 0
    this.meter.beginAnew()
    if (this.ssrc === -1) return
    const { firstSeq, firstTs, highestOffset } = this.sequence
    this.expectedBefore = -(highestOffset + 1)
    this.isFirst = true
    this.recording.source(this.stream, this.ssrc, firstSeq, firstTs, this.codecs)
  }

  /** Handles the end signal (R16): later packets are recorded only if sent before it, by the source’s clock. */
  end(at100us: number): void {
    if (this.ssrc === -1) return
    const { firstTs, tsOffset } = this.sequence
    this.ended100us = at100us
    this.lastBeforeEnd = {
      ...{ arrival100us: this.lastArrival100us, timestamp: firstTs + tsOffset },
      jitter: this.jitter16 >> 4,
    }
  }

  /** Records candidates when no more packets are expected: a source that began after the followed one's last packet belongs to the call. */
  settle(): void {
    const after = ({ held }: Candidate) => held.length > 1 && held[1]!.arrival100us >= this.lastArrival100us
    const taking = this.candidates.find(
      (candidate) => candidate.inOrder && after(candidate) && !this.mustNotReplace(candidate),
    )
    if (taking) this.takeOver(taking)
    for (const candidate of this.candidates) this.countUnrecorded(candidate, candidate.held.length)
    this.candidates = []
  }

  /** Packets expected, by sequence number. */
  get expected(): number {
    return this.expectedBefore + (this.ssrc === -1 ? 0 : this.sequence.highestOffset + 1)
  }

  /** Packets missing so far (RFC 3550, A.3); key presses count as received. */
  get lost(): number {
    return Math.max(0, this.expected - this.receivedBefore - this.receivedOfSource)
  }

  /** Returns true if a packet was sent after the end, by the source's clock; also for a source that is not followed. */
  private isAfterEnd({ ssrc, timestamp, payloadType }: RtpPacket, address: string, port: number): boolean {
    if (ssrc !== this.ssrc || port !== this.port || address !== this.address) return true
    const { lastBeforeEnd: last, ended100us } = this
    const later = (timestamp - last.timestamp) | 0
    return last.arrival100us + (later - last.jitter) / this.ticks[payloadType]! >= ended100us
  }

  private mayComeFrom(address: string, port: number): boolean {
    if (address === this.peer.address) return true
    if (!this.latches || this.describedHasSent) return false
    if (this.latched) return address === this.latched.address && port === this.latched.port
    return this.latches(address)
  }

  /** Finds the address of most foreign packets (Boyer and Moore's majority vote). */
  private countForeign(address: string): void {
    this.counters.foreign++
    const { foreign } = this
    if (foreign.packets === 0) foreign.address = address
    foreign.packets += address === foreign.address ? 1 : -1
  }

  private countUndecrypted(reason: number, arrival100us: number, address: string, port: number): void {
    if (reason === replayed) this.counters.duplicates++
    else if (reason === tooOld) this.counters.late++
    else {
      this.counters.unauthentic++
      const isSilent = arrival100us - this.lastArrival100us >= silence100us
      if (isSilent && this.rankOf({ address, port }) === described) this.unfollowed++
    }
  }

  private leave(): void {
    this.expectedBefore = this.expected
    this.receivedBefore += this.receivedOfSource
    this.receivedOfSource = 0
    this.ssrc = -1
  }

  private setCodecs(codecs: StreamCodec[]): void {
    this.codecs = codecs
    this.meter.setCodecs(codecs)
    this.keyPresses.fill(keyPress.never).fill(keyPress.ifItLooksLikeOne, 96)
    this.ticks.fill(defaultTicks)
    for (const one of codecs) {
      const { payloadType, clockRate } = one
      this.keyPresses[payloadType] = keyPressesOf(one)
      if (clockRate > 0) this.ticks[payloadType] = clockRate / 10_000
    }
  }

  private isKeyPress({ payloadType, payloadStart, payloadEnd }: RtpPacket, bytes: Buffer): boolean {
    switch (this.keyPresses[payloadType]) {
      case keyPress.always:
        return true
      case keyPress.ifInABlock:
        return this.redundantBlocks(bytes, payloadStart, payloadEnd).events > 0
      case keyPress.ifItLooksLikeOne:
        return this.isUndeclaredEvent(bytes, payloadStart, payloadEnd)
      default:
        return false
    }
  }

  /**
   * Returns true for a payload of an undeclared type if it is a key press, also if it looks like redundant payload with nothing but
   * key presses. Audio of an unknown codec must not be lost: its first byte may have any value.
   */
  private isUndeclaredEvent(bytes: Buffer, start: number, end: number): boolean {
    if (end - start === eventBytes) return true
    const { blocks, events } = this.redundantBlocks(bytes, start, end)
    return events > 0 && events === blocks && (blocks > 1 || end - start === eventBytes + 1)
  }

  /**
   * Counts the blocks of redundant payload (RFC 2198), the primary one included, and those that are key presses. Returns 0 blocks
   * for other payload.
   */
  private redundantBlocks(bytes: Buffer, start: number, end: number): { blocks: number; events: number } {
    let header = start
    let redundantBytes = 0
    const found = { blocks: 1, events: 0 }
    for (; header + 4 <= end && bytes[header]! & 0x80; header += 4) {
      const length = bytes.readUInt16BE(header + 2) & 0x3ff
      redundantBytes += length
      found.blocks++
      if (this.isEventBlock(bytes[header]! & 0x7f, length)) found.events++
    }
    const primary = end - header - 1 - redundantBytes
    if (primary < 0 || bytes[header]! & 0x80) return { blocks: 0, events: 0 }
    if (this.isEventBlock(bytes[header]!, primary)) found.events++
    return found
  }

  /** Several key presses may share a block (RFC 4733 section 2.5.1.5). */
  private isEventBlock(payloadType: number, length: number): boolean {
    return this.keyPresses[payloadType] === keyPress.always && length > 0 && length % eventBytes === 0
  }

  private follow(packet: RtpPacket, bytes: Buffer, arrival100us: number): void {
    const { sequence, counters } = this
    const position = sequence.extend(packet.seq, packet.timestamp)
    if (position === 'copy') {
      counters.duplicates++
      return
    }
    if (position === 'late') {
      counters.late++
      return
    }
    if (position === 'leap') return this.holdCandidate(packet, bytes, arrival100us, this.address, this.port)
    this.lastArrival100us = arrival100us
    this.receivedOfSource++
    if (this.takeoverPacketsLeft > 0) this.countTakeoverPacket()
    if (this.candidates.length > 0) this.dropCandidates()
    const { payloadType, payloadStart, payloadEnd } = packet
    const { seqOffset, tsOffset } = sequence
    this.meter.packet(payloadType, seqOffset, tsOffset, arrival100us, this.jitter16, bytes, payloadStart, payloadEnd)
    if (this.isKeyPress(packet, bytes)) {
      counters.omitted++
      this.recording.omitted(this.stream, sequence.seqOffset)
      return
    }
    // RFC 3550, A.8.
    const transit = (arrival100us * this.ticks[packet.payloadType]! - sequence.tsOffset) | 0
    if (!this.isFirst) this.jitter16 += Math.abs(transit - this.lastTransit) - ((this.jitter16 + 8) >> 4)
    this.isFirst = false
    this.lastTransit = transit
    const payload = this.recording.packet(
      this.stream,
      packet.payloadType,
      packet.marker,
      sequence.seqOffset,
      sequence.tsOffset,
      arrival100us,
      bytes,
      packet.payloadStart,
      packet.payloadEnd,
    )
    if (!payload) {
      counters.shed++
      return
    }
    counters.received++
    counters.receivedBytes += payloadEnd - payloadStart
  }

  /** Holds a packet of a source that is not followed, and follows the source if it may take over. */
  private holdCandidate(packet: RtpPacket, bytes: Buffer, arrival100us: number, address: string, port: number): void {
    let candidate = this.candidates.find(
      (other) => other.ssrc === packet.ssrc && other.port === port && other.address === address,
    )
    if (!candidate) {
      candidate = { ssrc: packet.ssrc, address, port, nextSeq: -1, inOrder: false, held: [] }
      this.candidates.push(candidate)
      if (this.candidates.length > candidateLimit) {
        const oldest = this.candidates.shift()!
        this.countUnrecorded(oldest, oldest.held.length)
      }
    }
    candidate.inOrder ||= packet.seq === candidate.nextSeq
    candidate.nextSeq = (packet.seq + 1) & 0xffff
    const own = Buffer.from(bytes.subarray(0, packet.payloadEnd))
    candidate.held.push({ packet: { ...packet }, bytes: own, arrival100us })
    if (candidate.held.length > heldLimit) {
      candidate.held.shift()
      this.countUnrecorded(candidate, 1)
    }
    if (candidate.inOrder && this.mayTakeOver(candidate, arrival100us)) this.takeOver(candidate)
  }

  private mayTakeOver(candidate: Candidate, arrival100us: number): boolean {
    const rank = this.rankOf(candidate)
    if (this.ssrc === -1) {
      // A source that is not described must wait, because the described one may still send.
      return rank === described || arrival100us - candidate.held[0]!.arrival100us >= silence100us
    }
    if (this.mustNotReplace(candidate)) return false
    if (this.takeoverPacketsLeft > 0 || rank > this.ownRank()) return true
    return arrival100us - this.lastArrival100us >= silence100us
  }

  private ownRank(): number {
    return this.rankOf({ address: this.address, port: this.port })
  }

  private rankOf({ address, port }: Peer): number {
    if (address !== this.peer.address) return elsewhere
    return port === this.peer.port ? described : otherPort
  }

  /**
   * Counts down the packets for which another source may take over at once. After the last one latches to the current source if its
   * address is not the described one.
   */
  private countTakeoverPacket(): void {
    if (--this.takeoverPacketsLeft > 0 || !this.latches || this.ownRank() !== elsewhere) return
    this.latched ??= { address: this.address, port: this.port }
  }

  /**
   * Returns true if the candidate must not replace the followed source: the described port is not replaced by another port, the
   * described address not by another address, and a latched source only by the described address.
   */
  private mustNotReplace(candidate: Candidate): boolean {
    if (this.ssrc === -1) return false
    const [rank, own] = [this.rankOf(candidate), this.ownRank()]
    if (rank !== own) return rank < own
    return rank === elsewhere && this.latched !== undefined && candidate.port !== this.latched.port
  }

  private takeOver(candidate: Candidate): void {
    this.candidates = this.candidates.filter((other) => other !== candidate)
    this.takeoverPacketsLeft = 0
    this.leave()
    const { address, port } = candidate
    this.ssrc = candidate.ssrc
    this.address = this.usualAddress = address
    this.port = port
    this.describedHasSent = address === this.peer.address
    this.latched = this.describedHasSent ? undefined : { address, port }
    const from = `${address} ${port}`
    if (this.followedFrom !== '' && this.followedFrom !== from) this.sourceChanges++
    this.followedFrom = from
    const held = candidate.held.filter(({ arrival100us }) => arrival100us >= this.lastArrival100us - maxOverlap100us)
    this.countUnrecorded(candidate, candidate.held.length - held.length)
    const { seq, timestamp, ssrc } = held[0]!.packet
    this.sequence.begin(seq, timestamp)
    this.meter.begin()
    this.recording.source(this.stream, ssrc, seq, timestamp, this.codecs)
    for (const { packet, bytes, arrival100us } of held) this.follow(packet, bytes, arrival100us)
  }

  private countUnrecorded(candidate: Candidate, packets: number): void {
    this.counters.foreign += packets
    if (this.rankOf(candidate) === described) this.unfollowed += packets
  }

  /** Drops old candidates when the followed source is active: their packets did not belong to the call. */
  private dropCandidates(): void {
    const { lastArrival100us } = this
    this.candidates = this.candidates.filter((candidate) => {
      const { held } = candidate
      const fresh = lastArrival100us - held.at(-1)!.arrival100us < silence100us
      if (!fresh) this.countUnrecorded(candidate, held.length)
      return fresh
    })
  }
}
