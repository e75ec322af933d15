/**
 * Aligns the packets of one source to the recording's timeline. Pure.
 *
 * Takes sequence number, RTP time and arrival of every packet, in sequence order. Returns anchors, and packets to leave out.
 *
 * Let delay = arrival - RTP time. Networks, busy senders and busy recorders only ever add to the delay, so its minimum is the
 * best estimate. The floor at packet i is the minimum delay of the packets of the next minute, each corrected for the drift of a
 * clock that is wrong by 250 ppm: congestion of up to a minute does not move the floor. Then
 * - the anchor starts at the floor and moves only when the floor differs from it by more than 16 ms: an accurate clock never
 * moves it (playback equals what was sent, sample by sample, whatever the jitter), and two clocks that drift in opposite
 * directions stay within 2 x 16 ms of each other;
 * - a pause in which the sender stopped its RTP clock raises the floor permanently, and the anchor follows at that packet;
 * - after a jump of the RTP clock, packets seem to arrive too early (twice, 200 ms below the minimum of the last ten seconds):
 * the floor is computed separately before and after the jump;
 * - a single packet whose RTP time is outside the range of both neighbours is invalid and left out;
 * - packets that would be placed seconds after their arrival or minutes before it have another clock rate than declared, and are
 * placed at their arrival.
 */
import type { Anchor } from './recording-index.ts'

/** One source's packets in sequence order; times in 8 kHz samples. */
export type TimedPackets = { seqs: number[]; rtpTimes: number[]; arrivals: number[] }

/** Units of 8 kHz samples: 16 ms, 200 ms, one minute, ten seconds, 60 ms. */
const driftSamples = 128
const jumpSamples = 1600
const horizonSamples = 60 * 8000
const pastSamples = 10 * 8000
const steadySamples = 60 * 8
const steadyPackets = 25
/** Limit of packets compared: ten seconds of two streams in one. Keeps a flood of packets from taking quadratic time. */
const steadyEntries = 1000
const worstDrift = 250e-6
/** Arrival before or after a packet's place that neither steps of the anchor nor the longest congestion explain. */
const soonestSamples = 5 * 8000
const latestSamples = 120 * 8000

/** Returns the anchors, as described at the top of this file. `straySeqs`: packets with an invalid RTP time. */
export function findAnchors({ seqs, rtpTimes, arrivals }: TimedPackets): { anchors: Anchor[]; straySeqs: number[] } {
  const straySeqs: number[] = []
  const steady: number[] = []
  const delays: number[] = []
  // When packets cross, the later arrival is the time for both: windows need times that only grow.
  const times: number[] = []
  let latest = 0
  for (let i = 0; i < seqs.length; i++) {
    if (isStray(rtpTimes, i)) {
      straySeqs.push(seqs[i]!)
      continue
    }
    steady.push(seqs[i]!)
    delays.push(arrivals[i]! - rtpTimes[i]!)
    times.push((latest = Math.max(latest, arrivals[i]!)))
  }
  const anchors: Anchor[] = []
  const jumps = findJumps(delays, times)
  jumps.forEach((from, n) => {
    const to = jumps[n + 1] ?? delays.length
    const floors = findFloors(delays, times, from, to)
    let anchor = Infinity
    for (let i = from; i < to; i++) {
      const floor = floors[i - from]!
      const off = floor - anchor
      // Near the end the floor is the minimum of few packets: it moves only after a jump to a new steady pace.
      const nearEnd = i > from && times[to - 1]! - times[i]! < pastSamples
      const isUnproven = nearEnd && off > 0 && (off < jumpSamples || !isSteady(delays, i, to, floor))
      const before = anchor
      if (Math.abs(off) > driftSamples && !isUnproven) anchor = Math.round(floor)
      const late = delays[i]! - anchor
      if (late < -soonestSamples || late > latestSamples) anchor = Math.round(delays[i]!)
      if (anchor !== before) anchors.push({ fromSeq: steady[i]!, anchor })
    }
  })
  return { anchors, straySeqs }
}

/** Returns true if a packet's RTP time is outside that of both neighbours, which agree with each other. */
function isStray(rtpTimes: number[], i: number): boolean {
  const before = rtpTimes[i - 1]
  const after = rtpTimes[i + 1]
  if (before === undefined || after === undefined || before > after) return false
  return rtpTimes[i]! < before - jumpSamples || rtpTimes[i]! > after + jumpSamples
}

/** Returns true if packets arrived one by one from `from` on; delayed packets arrive in a burst. */
function isSteady(delays: number[], from: number, end: number, floor: number): boolean {
  const to = Math.min(end, from + steadyEntries)
  let near = 0
  for (let i = from; i < to; i++) if (delays[i]! <= floor + steadySamples) near++
  return to - from >= steadyPackets && near >= (to - from) / 2
}

/** Returns the indexes at which the RTP clock has jumped; the first is 0. */
function findJumps(delays: number[], times: number[]): number[] {
  const jumps = delays.length > 0 ? [0] : []
  let min = new SlidingMinimum()
  for (let i = 0; i < delays.length; i++) {
    const limit = min.value - jumpSamples
    if (delays[i]! < limit && (delays[i + 1] ?? -Infinity) < limit) {
      jumps.push(i)
      min = new SlidingMinimum()
    }
    min.add(times[i]!, delays[i]!)
    min.forget((time) => time < times[i]! - pastSamples)
  }
  return jumps
}

/** Returns the floor at each packet of [from, to). */
function findFloors(delays: number[], times: number[], from: number, to: number): Float64Array {
  const floors = new Float64Array(to - from)
  const min = new SlidingMinimum()
  for (let i = to - 1; i >= from; i--) {
    const time = times[i]!
    min.add(time, delays[i]! + worstDrift * time)
    min.forget((other) => other > time + horizonSamples)
    floors[i - from] = min.value - worstDrift * time
  }
  return floors
}

/** Minimum of a sliding window; each value enters and leaves once. */
class SlidingMinimum {
  private readonly times: number[] = []
  private readonly values: number[] = []
  private first = 0

  get value(): number {
    return this.values[this.first] ?? Infinity
  }

  add(time: number, value: number): void {
    while (this.values.length > this.first && this.values.at(-1)! >= value) {
      this.values.pop()
      this.times.pop()
    }
    this.times.push(time)
    this.values.push(value)
  }

  /** Drops the oldest values while `isPast` is true. */
  forget(isPast: (time: number) => boolean): void {
    while (this.first < this.times.length && isPast(this.times[this.first]!)) this.first++
  }
}
