import { withinOneEdit } from './numeral-lexicon.ts'
import { isPhraseWord } from './phrases.ts'
import { runsOf } from './propose-numbers.ts'
import { readNumeral } from './read-numerals.ts'
import { isSmallWord } from './small-words.ts'
import type { Token } from './tokens.ts'
import { isTown } from './street-words.ts'
import type { Category, Proposal } from './word.ts'

/** Numbers are repeated within a minute, names at any time. */
const numberRepeatWindow = 480_000
const fewestDigits = 3
const fewestLetters = 4

const digitCategories: ReadonlySet<Category> = new Set([
  'IDENTITY_CODE',
  'PHONE',
  'ACCOUNT',
  'BUSINESS_ID',
  'CASE_NUMBER',
  'PLATE',
  'DATE_OF_BIRTH',
  'OTHER',
  'ADDRESS',
])

/**
 * Finds repetitions on this track of what was proposed on either track, before or after: "viisi kaksi kolme" is read back in
 * pieces, a name is used until the end. Words of a name or a street match with one letter changed, and with another ending.
 */
export function repeatedOn(
  tokens: readonly Token[],
  proposals: readonly Proposal[],
  tokensIn: (proposal: Proposal) => readonly Token[],
): Proposal[] {
  const runs = runsOf(tokens)
  const repeats: Proposal[] = []
  for (const original of proposals) {
    const source = tokensIn(original)
    if (digitCategories.has(original.category)) {
      const digits = runsOf(source).map(({ symbols }) => symbols.replace(/[^\d?]/g, ''))
      for (const run of runs) {
        const from = tokens[run.first]!.from
        const to = tokens[run.last]!.to
        if (from > original.to + numberRepeatWindow || to < original.from - numberRepeatWindow) continue
        if (tokens[run.first]!.track === original.track && from < original.to && to > original.from) continue
        const symbols = run.symbols.replace(/[^\d?]/g, '')
        const isAmount = run.amount && symbols.length < 5
        if (!isAmount && digits.some((whole) => sharesDigits(whole, symbols))) {
          repeats.push({ ...original, track: tokens[run.first]!.track, from, to, trigger: 'repeated', confidence: 0.8 })
        }
      }
    }
    if (original.category === 'NAME' || original.category === 'ADDRESS') {
      const words = source.filter(worthFinding)
      for (const token of tokens) {
        if (!worthFinding(token) || (token.track === original.track && overlaps(token, original))) continue
        if (!words.some((word) => sameWord(word.text, token.text))) continue
        const { track, from, to } = token
        repeats.push({ ...original, track, from, to, trigger: 'repeated', confidence: original.confidence * 0.9 })
      }
    }
  }
  return repeats
}

/** Returns true if one sequence of digits is part of the other; an unrecognised digit matches any digit. */
function sharesDigits(whole: string, part: string): boolean {
  const [longer, shorter] = whole.length >= part.length ? [whole, part] : [part, whole]
  if (shorter.replaceAll('?', '').length < fewestDigits) return false
  const pattern = new RegExp(shorter.replaceAll('?', '.'))
  return pattern.test(longer) || pattern.test(longer.replaceAll('?', shorter[0] ?? ''))
}

function worthFinding(token: Token): boolean {
  const { text, language } = token
  const reading = readNumeral(text, language)
  const numeral = reading !== undefined && !reading.weak
  return (
    text.length >= fewestLetters &&
    !/\d/.test(text) &&
    !numeral &&
    !isSmallWord(text, language) &&
    !isTown(text) &&
    !isPhraseWord(token)
  )
}

/** Returns true for one word in two forms ("Virtanen" and "Virtaselle"), or with one misheard letter. */
function sameWord(one: string, other: string): boolean {
  if (one === other) return true
  const shorter = Math.min(one.length, other.length)
  if (shorter >= 5 && withinOneEdit(one, other)) return true
  const stem = Math.max(5, shorter - 3)
  return shorter >= 6 && Math.abs(one.length - other.length) <= 4 && one.slice(0, stem) === other.slice(0, stem)
}

function overlaps(one: { from: number; to: number }, other: { from: number; to: number }): boolean {
  return one.from < other.to && one.to > other.from
}
