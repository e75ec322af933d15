/**
 * Alignment: where on the recording's timeline each packet of one source lies. Pure.
 *
 * In: sequence number, RTP time and arrival of every packet, in sequence order. Out: anchors, and packets to leave out.
 *
 * Let delay = arrival - RTP time. For a sender whose clock is right, delay is constant but for what the network adds,
 * and the network only adds: the least delay of a window is the truth, whatever the jitter. So
 * - a source is anchored at the least delay of its first two seconds;
 * - every ten seconds the least delay is looked at again, and the anchor moves only when it departs by more than 16 ms:
 *   a right clock never moves it (playback is then what was sent, sample by sample), and two clocks that err in
 *   opposite directions stay within 2 x 16 ms + what accrues in one window, below 40 ms at 100 ppm;
 * - when the delay leaps by more than 200 ms and stays there, the sender's RTP clock stopped or leapt (a pause, a
 *   restart): a new anchor from that packet on. A burst that was held up somewhere leaps too, but comes back.
 * "Least" leaves out the lowest tenth when it lies further than 200 ms below: those RTP times are nonsense.
 */
import type { Anchor } from './recording-index.ts'

/** One source's packets in sequence order; times in 8 kHz samples. */
export type TimedPackets = { seqs: number[]; rtpTimes: number[]; arrivals: number[] }

const settleSamples = 2 * 8000
const windowSamples = 10 * 8000
const windowPackets = 50
const driftSamples = 128
const leapSamples = 1600
const lookAheadPackets = 1000
const straySamples = 10 * 8000

/** See the head of this file. `straySeqs` fit nowhere. */
export function findAnchors({ seqs, rtpTimes, arrivals }: TimedPackets): { anchors: Anchor[]; straySeqs: number[] } {
  const anchors: Anchor[] = []
  const straySeqs: number[] = []
  let anchor = 0
  let window: number[] = []
  let windowFirst = 0

  const delay = (i: number) => arrivals[i]! - rtpTimes[i]!

  const ahead = (from: number): number[] => {
    const delays: number[] = []
    for (let i = from; i < seqs.length && delays.length < lookAheadPackets; i++) {
      if (arrivals[i]! <= arrivals[from]! + settleSamples) delays.push(delay(i))
      else if (delays.length > 0 && arrivals[i]! > arrivals[from]! + 2 * settleSamples) break
    }
    return delays.sort((a, b) => a - b)
  }

  const settle = (at: number, sorted: number[]): void => {
    anchor = Math.round(least(sorted))
    anchors.push({ fromSeq: seqs[at]!, anchor })
    window = []
    windowFirst = at
  }

  for (let i = 0; i < seqs.length; i++) {
    if (i === 0) settle(i, ahead(i))
    let off = delay(i) - anchor
    if (Math.abs(off) > leapSamples) {
      const sorted = ahead(i)
      if (Math.abs(tenth(sorted) - anchor) > leapSamples) {
        settle(i, sorted)
        off = delay(i) - anchor
      }
    }
    if (off < -leapSamples || off > straySamples) {
      straySeqs.push(seqs[i]!)
      continue
    }
    window.push(delay(i))
    if (arrivals[i]! - arrivals[windowFirst]! < windowSamples || window.length < windowPackets) continue
    const found = least(window.sort((a, b) => a - b))
    if (Math.abs(found - anchor) > driftSamples) {
      anchor = Math.round(found)
      anchors.push({ fromSeq: seqs[windowFirst]!, anchor })
    }
    window = []
    windowFirst = i + 1
  }
  return { anchors, straySeqs }
}

function tenth(sorted: number[]): number {
  return sorted[Math.floor(sorted.length / 10)]!
}

/** The least of ascending values, outliers below the first tenth left out. */
function least(sorted: number[]): number {
  const floor = tenth(sorted) - leapSamples
  return sorted.find((value) => value >= floor)!
}
