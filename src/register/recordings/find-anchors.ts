/**
 * Aligns the packets of one source to the recording's timeline. Pure.
 *
 * Takes sequence number, RTP time and arrival of every packet, in sequence order. Returns anchors, and packets to leave out.
 *
 * Let delay = arrival - RTP time. Networks, busy senders and busy recorders only ever add to it, so the least delay is the
 * truth. The floor under packet i is the least delay of the packets of the next minute, each allowed the drift since then of a
 * clock 250 ppm wrong: a hold-up of up to a minute, however bad, does not move the floor. Then
 * - the anchor starts on the floor and moves only when the floor departs from it by more than 16 ms: a right clock never moves
 * it (playback is what was sent, sample by sample, whatever the jitter), and two clocks wrong in opposite directions stay
 * within 2 x 16 ms of each other;
 * - a pause in which the sender stopped its RTP clock lifts the floor for good, and the anchor follows at that packet;
 * - an RTP clock that leaps ahead makes packets arrive sooner than they can (200 ms below the least of the last ten seconds,
 * twice): the floor is computed separately on either side of the leap;
 * - one packet whose RTP time is outside that of both neighbours is nonsense and is left out;
 * - packets that this would put seconds after their arrival or minutes before it have another clock than declared, and are put
 * at their arrival.
 */
import type { Anchor } from './recording-index.ts'

/** One source's packets in sequence order; times in 8 kHz samples. */
export type TimedPackets = { seqs: number[]; rtpTimes: number[]; arrivals: number[] }

const driftSamples = 128
const leapSamples = 1600
const horizonSamples = 60 * 8000
const pastSamples = 10 * 8000
const steadySamples = 60 * 8
const steadyPackets = 25
/** Ten seconds at the pace of two streams in one; whoever sends a hundred thousand packets in that time is not looked at each with each. */
const steadyEntries = 1000
const worstDrift = 250e-6
/** Beyond what steps of the anchor and the longest hold-up explain. */
const soonestSamples = 5 * 8000
const latestSamples = 120 * 8000

/** See the head of this file. `straySeqs` fit nowhere. */
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
  const leaps = findLeaps(delays, times)
  leaps.forEach((from, n) => {
    const to = leaps[n + 1] ?? delays.length
    const floors = findFloors(delays, times, from, to)
    let anchor = Infinity
    for (let i = from; i < to; i++) {
      const floor = floors[i - from]!
      const off = floor - anchor
      // Near the end the floor rests on few packets: only a leap to a new steady pace is believed.
      const nearEnd = i > from && times[to - 1]! - times[i]! < pastSamples
      const isUnproven = nearEnd && off > 0 && (off < leapSamples || !isSteady(delays, i, to, floor))
      const before = anchor
      if (Math.abs(off) > driftSamples && !isUnproven) anchor = Math.round(floor)
      const late = delays[i]! - anchor
      if (late < -soonestSamples || late > latestSamples) anchor = Math.round(delays[i]!)
      if (anchor !== before) anchors.push({ fromSeq: steady[i]!, anchor })
    }
  })
  return { anchors, straySeqs }
}

/** Outside both neighbours' RTP times, while these agree with each other. */
function isStray(rtpTimes: number[], i: number): boolean {
  const before = rtpTimes[i - 1]
  const after = rtpTimes[i + 1]
  if (before === undefined || after === undefined || before > after) return false
  return rtpTimes[i]! < before - leapSamples || rtpTimes[i]! > after + leapSamples
}

/** Returns true if packets came one by one from `from` on; held-up packets come all at once. */
function isSteady(delays: number[], from: number, end: number, floor: number): boolean {
  const to = Math.min(end, from + steadyEntries)
  let near = 0
  for (let i = from; i < to; i++) if (delays[i]! <= floor + steadySamples) near++
  return to - from >= steadyPackets && near >= (to - from) / 2
}

/** Returns where stretches of one RTP clock begin; the first is 0. */
function findLeaps(delays: number[], times: number[]): number[] {
  const leaps = delays.length > 0 ? [0] : []
  let min = new SlidingMinimum()
  for (let i = 0; i < delays.length; i++) {
    const limit = min.value - leapSamples
    if (delays[i]! < limit && (delays[i + 1] ?? -Infinity) < limit) {
      leaps.push(i)
      min = new SlidingMinimum()
    }
    min.add(times[i]!, delays[i]!)
    min.forget((time) => time < times[i]! - pastSamples)
  }
  return leaps
}

/** The floor under each packet of [from, to). */
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

/** The least value of a window that moves one way: each value enters and leaves once. */
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

  /** Drops from the old end what `isPast`. */
  forget(isPast: (time: number) => boolean): void {
    while (this.first < this.times.length && isPast(this.times[this.first]!)) this.first++
  }
}
