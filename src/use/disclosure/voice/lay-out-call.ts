/**
 * When each turn of a re-spoken call begins (level T; docs/decisions/0087).
 *
 * In: how long each turn takes in its new voice, the order of the turns, chance. Out: where each begins. Never here: the talker's
 * pace, a pause of the recording, an overlap. Long waits stay, in steps of five seconds: they belong to the service.
 */
import type { Chance } from './chance.ts'
import { voiceRate, type Span } from './engine.ts'

/** Seconds. Pauses between turns of telephone talk: log-normal, so that most are short and a few are long. */
const pause = { median: 0.45, spread: 0.6, atLeast: 0.15, atMost: 2 }
/** Seconds. The step in which a wait is kept, and the shortest wait. */
const waitStep = 5
const stepSamples = waitStep * voiceRate

/** A turn that was spoken anew. */
export interface SpokenSpan {
  lane: 0 | 1
  /** Its times in the recording; only order and long waits are read from them. */
  turn: Span
  /** Samples it takes in its new voice. */
  lengthSamples: number
}

/** Rounds up to whole steps of five seconds, so that a length tells no more. @returns samples, at least one step */
export function coarseLength(lengthSamples: number): number {
  return Math.max(1, Math.ceil(lengthSamples / stepSamples)) * stepSamples
}

/**
 * Lays turns one after another, in the order in which they began in the recording, with drawn pauses between them.
 * @returns the first sample of each span, in the order of `spans`, and the length of the whole
 */
export function layOutCall(
  spans: readonly SpokenSpan[],
  chance: Chance,
): { startsAt: number[]; lengthSamples: number } {
  const startsAt = new Array<number>(spans.length)
  const order = spans
    .map((span, index) => ({ ...span, index }))
    .sort((a, b) => a.turn.from - b.turn.from || a.lane - b.lane)
  let at = 0
  let heardUntil = 0
  for (const { turn, lengthSamples, index } of order) {
    const waitSteps = Math.max(0, Math.floor((turn.from - heardUntil) / stepSamples))
    at += waitSteps * stepSamples + drawPause(chance)
    startsAt[index] = at
    at += lengthSamples
    heardUntil = Math.max(heardUntil, turn.to)
  }
  return { startsAt, lengthSamples: coarseLength(at + drawPause(chance)) }
}

/** @returns samples */
function drawPause(chance: Chance): number {
  const seconds = pause.median * Math.exp(pause.spread * chance.normal())
  return Math.round(voiceRate * Math.min(pause.atMost, Math.max(pause.atLeast, seconds)))
}
