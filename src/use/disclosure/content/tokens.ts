import type { Span } from '../voice/engine.ts'
import type { Language, TrackIndex, Word } from './word.ts'

/** A word without punctuation. Text is split at spaces, and at dashes before a letter; its time is divided by letters. */
export interface Token extends Span {
  /** Lower case, composed, without surrounding punctuation; digits keep the signs between them ("131052-308t"). */
  text: string
  /** Capitalised within a sentence: a proper noun. */
  capital: boolean
  language: Language
  track: TrackIndex
}

/** Returns the words of one track, in order of time. */
export function tokensOf(words: readonly Word[], track: TrackIndex): Token[] {
  const tokens: Token[] = []
  let sentenceBegins = true
  const own = words.filter((word) => word.track === track).sort((one, other) => one.from - other.from)
  for (const word of own) {
    const before = tokens.at(-1)
    // A pause ends a sentence without a full stop.
    if (before !== undefined && word.from - before.to > 12_000) sentenceBegins = true
    const parts = partsOf(word.text)
    const letters = parts.reduce((sum, part) => sum + part.length, 0)
    let at = word.from
    for (const part of parts) {
      const to = at + Math.round(((word.to - word.from) * part.length) / letters)
      const text = withoutPunctuation(part.toLowerCase())
      if (text !== '') {
        const capital = /\p{Lu}/u.test([...part].find(isLetterOrDigit) ?? '') && !sentenceBegins
        tokens.push({ text, capital, language: word.language, track, from: at, to })
        sentenceBegins = /[.!?:]["'”)]?$/.test(part) && !/\d\.$/.test(part)
      } else if (/^[.!?:]/.test(part)) sentenceBegins = true
      at = to
    }
  }
  return tokens
}

/** Splits "fifty-three" and "Ann-Sofi" into two words; "131052-308T" and "040-123" stay one. */
function partsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .split(/\s+/)
    .flatMap((part) => (/\d/.test(part) ? [part] : part.split(/-(?=\p{L})|\/(?=\p{L})/u)))
    .filter((part) => part !== '')
}

/**
 * Removes punctuation, except the + of a number. Without a pattern: backtracking over a long run of punctuation takes
 * quadratic time.
 */
function withoutPunctuation(part: string): string {
  const letters = [...part]
  const first = letters.findIndex((letter) => letter === '+' || isLetterOrDigit(letter))
  return first < 0 ? '' : letters.slice(first, letters.findLastIndex(isLetterOrDigit) + 1).join('')
}

function isLetterOrDigit(letter: string): boolean {
  return /[\p{L}\d]/u.test(letter)
}
