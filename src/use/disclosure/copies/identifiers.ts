/** Finds identifiers in the text of turns, by letter positions. */
import { proposeSpans } from '../content/propose-spans.ts'
import { allReplacements } from '../content/redact-transcript.ts'
import type { TrackTurn } from '../content/estimate-word-times.ts'
import type { Word } from '../content/word.ts'
import { copyTracks, type RedactionReason, type WrittenTurn } from './copy-work.ts'

export interface Identifier {
  /** Letters [from, to) of the turn's text. */
  from: number
  to: number
  reason: RedactionReason
}

/** Artificial times of letters: only their order matters, and padded spans must not reach the next turn. */
const samplesPerLetter = 480
const samplesBetween = 3600
const samplesBetweenTurns = 8000
/** Least confidence of a finding. */
const minConfidence = 0.5

/** Returns the remaining identifiers of each turn, in the order of its text. */
export function identifiersOf(turns: readonly WrittenTurn[]): Identifier[][] {
  const positions: { word: Word; turn: number; from: number; to: number }[] = []
  let at = 0
  const inTime = turns.map((turn, index) => ({ turn, index })).sort((a, b) => a.turn.fromMs - b.turn.fromMs)
  for (const { turn, index } of inTime) {
    for (const { 0: text, index: from } of withoutRemoved(turn.text).matchAll(/\S+/g)) {
      if (text.includes(removed)) continue
      const to = at + samplesPerLetter * (text.length + 2)
      const word = { text, language: turn.language, track: trackOf(turn), from: at, to }
      positions.push({ word, turn: index, from, to: from + text.length })
      at = to + samplesBetween
    }
    at += samplesBetweenTurns
  }
  const found: Identifier[][] = turns.map(() => [])
  const proposals = proposeSpans(
    positions.map(({ word }) => word),
    at,
  )
  for (const { track, from, to, category, confidence } of proposals) {
    if (confidence < minConfidence) continue
    const spoken = positions.filter(({ word }) => {
      const middle = (word.from + word.to) / 2
      return word.track === track && middle > from && middle < to
    })
    for (const [turn, some] of Map.groupBy(spoken, (position) => position.turn))
      found[turn]!.push({ from: some[0]!.from, to: some.at(-1)!.to, reason: category })
  }
  return found.map((some) => some.sort((a, b) => a.from - b.from || b.to - a.to))
}

/** A placeholder of one character separates words on both sides of a replacement and keeps positions. */
const removed = '¤'
function withoutRemoved(text: string): string {
  return allReplacements.reduce((rest, words) => rest.replaceAll(words, removed.repeat(words.length)), text)
}

/** Converts a turn's times to samples. */
export function trackTurn(turn: WrittenTurn, samplesPerMs: number): TrackTurn {
  const { fromMs, toMs, language, text } = turn
  return { track: trackOf(turn), from: fromMs * samplesPerMs, to: toMs * samplesPerMs, language, text }
}

function trackOf({ track }: WrittenTurn): 0 | 1 {
  return copyTracks.indexOf(track) as 0 | 1
}
