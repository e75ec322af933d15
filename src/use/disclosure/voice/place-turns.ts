/**
 * Places the turns of a re-spoken call (level T; docs/decisions/0087) by their order, their new lengths and drawn pauses.
 * The talker's pace, pauses and overlaps do not remain. Long waits remain, in steps of five seconds, since they are part of
 * the service.
 */
import type { SecureRandom } from './secure-random.ts'
import { voiceRate, type Span } from './engine.ts'

/** Seconds. Pauses between turns on the telephone: log-normal, mostly short and sometimes long. */
const pause = { median: 0.45, spread: 0.6, atLeast: 0.15, atMost: 2 }
/** Seconds. Step of waits, and the shortest wait. */
const waitStep = 5
const stepSamples = waitStep * voiceRate

/** A re-spoken turn. */
export interface SpokenSpan {
  track: 0 | 1
  /** Its times in the recording, used for order and long waits only. */
  turn: Span
  /** Length in its new voice, in samples. */
  lengthSamples: number
}

/**
 * Rounds up to five seconds, so that a length reveals no more.
 * @returns samples, at least one step
 */
export function coarseLength(lengthSamples: number): number {
  return Math.max(1, Math.ceil(lengthSamples / stepSamples)) * stepSamples
}

/**
 * Places turns one after another, in the order of their beginnings in the recording, with drawn pauses.
 * @returns the first sample of each span, in the order of `spans`, and the total length
 */
export function placeTurns(
  spans: readonly SpokenSpan[],
  random: SecureRandom,
): { startsAt: number[]; lengthSamples: number } {
  const startsAt = new Array<number>(spans.length)
  const order = spans
    .map((span, index) => ({ ...span, index }))
    .sort((a, b) => a.turn.from - b.turn.from || a.track - b.track)
  let at = 0
  let playedUntil = 0
  for (const { turn, lengthSamples, index } of order) {
    const waitSteps = Math.max(0, Math.floor((turn.from - playedUntil) / stepSamples))
    at += waitSteps * stepSamples + drawPause(random)
    startsAt[index] = at
    at += lengthSamples
    playedUntil = Math.max(playedUntil, turn.to)
  }
  return { startsAt, lengthSamples: coarseLength(at + drawPause(random)) }
}

/** @returns samples */
function drawPause(random: SecureRandom): number {
  const seconds = pause.median * Math.exp(pause.spread * random.normal())
  return Math.round(voiceRate * Math.min(pause.atMost, Math.max(pause.atLeast, seconds)))
}
