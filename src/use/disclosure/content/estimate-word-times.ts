import type { Turn } from '../voice/engine.ts'
import type { TrackIndex, Word } from './word.ts'

/** A turn of a typed transcript, on its track; `words` if a recogniser has given its words times. */
export interface TrackTurn extends Turn {
  track: TrackIndex
  words?: readonly Word[]
}

/** Weight of a written digit, which is spoken as a word. */
const lettersOfDigit = 5

/**
 * Spreads a turn's words evenly over its time by their letters; digits count as words. The first word begins with the turn
 * and the last ends with it, to the sample. To remove something by these times, add `maxTimingError` on both sides.
 */
export function wordsOfTurn(turn: TrackTurn): Word[] {
  if (turn.words !== undefined) return [...turn.words]
  const texts = turn.text.split(/\s+/).filter((text) => text !== '')
  const weights = texts.map((text) =>
    [...text].reduce((sum, character) => sum + (/\d/.test(character) ? lettersOfDigit : 1), 1),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const { from, to, language, track } = turn
  let spoken = 0
  return texts.map((text, index) => {
    const start = from + Math.round(((to - from) * spoken) / total)
    spoken += weights[index]!
    return { text, language, track, from: start, to: from + Math.round(((to - from) * spoken) / total) }
  })
}

/** Returns the largest error of an even spread in the middle of a turn, in samples: a tenth of it, at most three seconds. */
export function maxTimingError(turn: TrackTurn): number {
  return turn.words === undefined ? Math.min(24_000, Math.round((turn.to - turn.from) / 10)) : 0
}
