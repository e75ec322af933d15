import type { Turn } from '../voice/engine.ts'
import type { TrackPlace, Word } from './word.ts'

/** A turn of a typed transcript, on its track; `words` where a recogniser knows when each was said. */
export interface TrackTurn extends Turn {
  track: TrackPlace
  words?: readonly Word[]
}

/** A digit that is written is a word that is said. */
const lettersOfDigit = 5

/**
 * The words of a turn with the times that they have if everybody speaks evenly: by letters, digits counted as words. Whole to the
 * sample: the first begins with the turn and the last ends with it. Whoever takes something out by these times adds what a real
 * voice differs by (`slackOf`).
 */
export function wordsOfTurn(turn: TrackTurn): Word[] {
  if (turn.words !== undefined) return [...turn.words]
  const texts = turn.text.split(/\s+/).filter((text) => text !== '')
  const weights = texts.map((text) => [...text].reduce((sum, sign) => sum + (/\d/.test(sign) ? lettersOfDigit : 1), 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const { from, to, language, track } = turn
  let said = 0
  return texts.map((text, place) => {
    const start = from + Math.round(((to - from) * said) / total)
    said += weights[place]!
    return { text, language, track, from: start, to: from + Math.round(((to - from) * said) / total) }
  })
}

/** By how much an even spread may be wrong in the middle of a turn, in samples: a tenth of it, at most three seconds. */
export function slackOf(turn: TrackTurn): number {
  return turn.words === undefined ? Math.min(24_000, Math.round((turn.to - turn.from) / 10)) : 0
}
