/**
 * Measures the quality of one stream (loss, jitter, presence of sound) from recorded packets and the client's sender reports. It
 * stores no audio. It runs for every packet before encryption, so it reads only a few bytes of each.
 */
import type { Codec, StreamCodec } from '#register/recordings/recording-log.ts'
import { setSoundKinds, detectSound, type SoundState } from './detect-sound.ts'

/** Measurements of one stream since its recording began. Times are in ms; packets are counted by sequence number (RFC 3550, A.3). */
export type StreamMeasure = {
  codec: Codec
  /** Packets expected, except during a pause. `lost`: how many of them are missing. */
  expected: number
  lost: number
  /** Duration of the missing packets. */
  lostMs: number
  /** Total duration of gaps of a second or more in which no packet arrived. */
  stalledMs: number
  /** Inter-arrival jitter (RFC 3550, 6.4.1): average over all packets. `worstJitterMs`: maximum. */
  jitterMs: number
  worstJitterMs: number
  /** Packets examined for sound. `sounding`: those with sound. `unknown`: packets that cannot be examined without decoding. */
  judged: number
  sounding: number
  unknown: number
  /** Duration of a packet as sent by the client. */
  packetMs: number
  /** Arrival of the first packet since the start of the recording; -1 if none. `lastMs`: of the last packet. */
  firstMs: number
  lastMs: number
  /** Number of the client's sender reports. `reportedSent`, `reportedArrived`: packets sent and arrived between the first and the last. */
  reports: number
  reportedSent: number
  reportedArrived: number
}

/** Shortest gap that counts as a stall; shorter gaps may be silence suppression. */
const stall100us = 10_000
/** Longest packet (RFC 3551 section 4.2 recommends 20 ms). */
const maxPacket100us = 1200
const defaultPacket100us = 200

export class StreamMeter {
  private readonly kinds: SoundState = { kinds: new Uint8Array(128), level: 0 }
  private readonly ticks = new Float64Array(128)
  private codecs: readonly StreamCodec[] = []
  /** Payload type of the last packet with sound; -1 before the first packet. */
  private payloadType = -1
  private arrived = 0
  private missing = 0
  private highest = 0
  private lowest = 0
  private highestTs = 0
  private isFresh = true
  private ignoresGap = false
  private paused = false
  private packet100us = defaultPacket100us
  private stalled100us = 0
  private jitterSum = 0
  private worstJitter = 0
  private judged = 0
  private sounding = 0
  private unknown = 0
  private first100us = -1
  private last100us = -1
  private reports = 0
  private firstReport = { sent: 0, arrived: 0 }
  private lastReport = { sent: 0, arrived: 0 }

  setCodecs(codecs: readonly StreamCodec[]): void {
    this.codecs = codecs
    this.ticks.fill(0.8)
    setSoundKinds(this.kinds, codecs)
    for (const { payloadType, clockRate } of codecs) if (clockRate > 0) this.ticks[payloadType] = clockRate / 10_000
  }

  /** Starts another source, with its own sequence numbers and sender reports. */
  begin(): void {
    this.isFresh = true
    this.reports = 0
    this.firstReport = this.lastReport = { sent: 0, arrived: 0 }
  }

  /** Starts another recording: all counts are reset. */
  beginAnew(): void {
    this.begin()
    this.arrived = this.missing = this.judged = this.sounding = this.unknown = 0
    this.jitterSum = this.worstJitter = this.stalled100us = 0
    this.first100us = this.last100us = -1
  }

  /** Starts or ends a pause. Sequence numbers that advance during a pause (rtpengine) do not count as missing packets. */
  pause(on: boolean): void {
    this.paused = on
    this.ignoresGap = true
  }

  /** Counts a recorded packet or an omitted key press. `jitter16`: jitter in RTP units times 16, as in A.8. */
  packet(
    payloadType: number,
    seqOffset: number,
    tsOffset: number,
    arrival100us: number,
    jitter16: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.arrived++
    const ticks = this.ticks[payloadType]!
    const jitter = jitter16 / ticks
    this.jitterSum += jitter
    if (jitter > this.worstJitter) this.worstJitter = jitter
    const step = seqOffset - this.highest
    if (this.isFresh) this.follow(seqOffset, tsOffset)
    else if (step > 0) {
      if (step === 1) {
        const length = (tsOffset - this.highestTs) / ticks
        if (length > 0 && length <= maxPacket100us) this.packet100us = length
      } else if (!this.ignoresGap) this.missing += step - 1
      this.highest = seqOffset
      this.highestTs = tsOffset
    } else if (seqOffset > this.lowest && this.missing > 0) this.missing--
    const quiet100us = arrival100us - this.last100us
    if (quiet100us >= stall100us && this.last100us >= 0 && !this.ignoresGap) this.stalled100us += quiet100us
    if (this.first100us < 0) this.first100us = arrival100us
    this.last100us = arrival100us
    this.ignoresGap = this.paused
    const sound = detectSound(this.kinds, payloadType, bytes, start, end)
    if (sound > 0 || this.payloadType < 0) this.payloadType = payloadType
    if (sound >= 0) {
      this.judged++
      this.sounding += sound
    } else if (sound === -1) this.unknown++
  }

  /** Handles the sender's packet count of a sender report (RFC 3550, 6.4.1). */
  reported(sent: number): void {
    this.lastReport = { sent, arrived: this.arrived }
    if (this.reports++ === 0) this.firstReport = this.lastReport
  }

  /** Returns the measurements until `now100us`. A pause in progress is not counted. */
  measure(now100us: number): StreamMeasure {
    const since100us = this.first100us < 0 || this.ignoresGap ? 0 : now100us - this.last100us
    const tail100us = since100us >= stall100us ? since100us : 0
    const { packet100us } = this
    return {
      codec: this.codecs.find((one) => one.payloadType === this.payloadType)?.codec ?? 'unknown',
      expected: this.arrived + this.missing,
      lost: this.missing,
      lostMs: Math.round((this.missing * packet100us) / 10),
      stalledMs: Math.round((this.stalled100us + tail100us) / 10),
      jitterMs: this.arrived === 0 ? 0 : tenth(this.jitterSum / this.arrived / 160),
      worstJitterMs: tenth(this.worstJitter / 160),
      judged: this.judged,
      sounding: this.sounding,
      unknown: this.unknown,
      packetMs: tenth(packet100us / 10),
      firstMs: inMs(this.first100us),
      lastMs: inMs(this.last100us),
      reports: this.reports,
      reportedSent: (this.lastReport.sent - this.firstReport.sent) >>> 0,
      reportedArrived: this.lastReport.arrived - this.firstReport.arrived,
    }
  }

  private follow(seqOffset: number, tsOffset: number): void {
    this.isFresh = false
    this.highest = this.lowest = seqOffset
    this.highestTs = tsOffset
  }
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

function inMs(time100us: number): number {
  return time100us < 0 ? -1 : Math.round(time100us / 10)
}
