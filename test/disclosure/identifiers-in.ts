import { proposeSpans } from '#use/disclosure/content/propose-spans.ts'
import { allReplacements } from '#use/disclosure/content/redact-transcript.ts'
import type { Category, Language, Trigger, Word } from '#use/disclosure/content/word.ts'

/** Finding in a text that still identifies a person. Contains positions, not words, so it can be logged. */
export interface Finding {
  category: Category
  trigger: Trigger
  confidence: number
  /** Characters [from, to) of the text. */
  from: number
  to: number
}

const samplesPerLetter = 480
/** Silence between words, longer than the padding of a span, so that a redaction does not cover its neighbours. */
const samplesBetween = 3600

/**
 * Finds what is left in a whole text. A line is one party's turn; the parties take turns. Replacements made by a
 * redaction are no findings.
 * @param language of the text; numbers in other languages are found as well
 * @returns findings in order of position; empty if nothing was found, which does not prove that nothing is there
 */
export function identifiersIn(text: string, language: Language, minConfidence = 0.5): Finding[] {
  const found: { word: Word; from: number; to: number }[] = []
  let at = 0
  let track: Word['track'] = 0
  // Uses separate signs on both sides of a replacement, so that every position stays the same.
  const clean = allReplacements.reduce((rest, words) => rest.replaceAll(words, '¤'.repeat(words.length)), text)
  for (const line of clean.matchAll(/[^\n]+/g)) {
    for (const match of line[0].matchAll(/\S+/g)) {
      const from = line.index + match.index
      if (match[0].includes('¤')) {
        at += 48_000
        continue
      }
      const word = { text: match[0], language, track, from: at, to: at + samplesPerLetter * (match[0].length + 2) }
      found.push({ word, from, to: from + match[0].length })
      at = word.to + samplesBetween
    }
    at += 8000
    track = track === 0 ? 1 : 0
  }
  const proposals = proposeSpans(
    found.map(({ word }) => word),
    at,
  )
  return proposals
    .filter(({ confidence }) => confidence >= minConfidence)
    .flatMap(({ category, trigger, confidence, ...span }) => {
      const inside = found.filter(({ word }) => {
        const middle = (word.from + word.to) / 2
        return word.track === span.track && middle > span.from && middle < span.to
      })
      const [first, last] = [inside[0], inside.at(-1)]
      if (first === undefined || last === undefined) return []
      return [{ category, trigger, confidence, from: first.from, to: last.to }]
    })
    .sort((one, other) => one.from - other.from)
}
