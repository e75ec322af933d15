/** What in written turns says who somebody is. In: turns of both tracks. Out: of each turn, which of its letters, and what they are. */
import { proposeSpans } from '../content/propose-spans.ts'
import type { Word } from '../content/word.ts'
import { samplesPerMs } from '../content/word.ts'
import { copyTracks, type RedactionReason, type WrittenTurn } from './copy-work.ts'

export interface Identifier {
  /** Of the turn's text, [from, to). */
  from: number
  to: number
  reason: RedactionReason
}

/** Proposals are padded by so much, in samples, and may be cut at the ends of the call: nothing lies there. */
const padding = 1600
const margin = 16_000

/** A word of a turn: where it is in its text, and when it is said, its time shared out by letters. */
interface PlacedWord extends Word {
  turn: number
  at: number
}

/** What is left of names, numbers and places in the words, as they stand: of each turn, in the order of its text. */
export function identifiersOf(turns: readonly WrittenTurn[]): Identifier[][] {
  const words = wordsOf(turns, margin)
  const end = words.reduce((most, { to }) => Math.max(most, to), 0)
  const proposals = proposeSpans(words, end + margin)
  const found: Identifier[][] = turns.map(() => [])
  for (const { track, from, to, category } of proposals) {
    const said = words.filter((word) => {
      const middle = (word.from + word.to) / 2
      return word.track === track && middle > from + padding && middle < to - padding
    })
    for (const [turn, some] of Map.groupBy(said, (word) => word.turn)) {
      const [first, last] = [some[0]!, some.at(-1)!]
      found[turn]!.push({ from: first.at, to: last.at + last.text.length, reason: category })
    }
  }
  return found.map((some) => some.sort((a, b) => a.from - b.from || b.to - a.to))
}

/** The words of turns in samples of the recording, as far as their times are known. */
export function wordsOf(turns: readonly WrittenTurn[], shift = 0): PlacedWord[] {
  return turns.flatMap(({ track, fromMs, toMs, language, text }, turn) => {
    const perLetter = (toMs - fromMs) / Math.max(1, text.length)
    const place = (at: number) => Math.round((fromMs + at * perLetter) * samplesPerMs) + shift
    return [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
      ...{ text: word, language, turn, at: index },
      track: copyTracks.indexOf(track) as 0 | 1,
      from: place(index),
      to: Math.max(place(index) + 1, place(index + word.length)),
    }))
  })
}
