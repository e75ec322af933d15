import { letterNamed, spellsLetter } from './letters.ts'
import { addUp, readNumeral, type NumeralReading, type SpokenNumber } from './read-numerals.ts'
import { isSmallWord, isUnit, isFiller } from './small-words.ts'
import type { Token } from './tokens.ts'
import type { Language } from './word.ts'

/** Digits and letters said one after another: "131052 viiva 308 tee", "äf ii kaksi yksi ...". */
export interface SymbolRun {
  /** Indexes of the first and last token. */
  first: number
  last: number
  /** Digits, capital letters, and `?` for an unrecognised digit. No separators. */
  symbols: string
  /** Number of digits, with unrecognised ones. */
  digits: number
  /** One number in hundreds or thousands, or followed by a unit: an amount, a year. */
  amount: boolean
  /** The token written in digits, if the run is that token alone ("12.5.1952"). */
  written: string | undefined
}

type Part =
  | { kind: 'numeral'; index: number; reading: NumeralReading }
  | { kind: 'written'; index: number; text: string }
  | { kind: 'letter'; index: number; letter: string }
  | { kind: 'unknown'; index: number }

/** Longest pause within digits while the other party says "yes", in samples. */
const maxPause = 32_000
/** Longest pause beside an unrecognised word that counts as a digit. */
const shortPause = 9600
const maxFillersInARow = 4
const maxSkippedWords = 2

/** Finds all runs of a track with one language's numerals; each contains a digit. */
export function symbolRuns(tokens: readonly Token[], language: Language): SymbolRun[] {
  const runs: SymbolRun[] = []
  for (let at = 0; at < tokens.length;) {
    const parts = startsRun(tokens, at, language) ? partsFrom(tokens, at, language) : []
    const run = parts.length > 0 ? runOf(tokens, parts, language) : undefined
    if (run === undefined || run.digits === 0) {
      at += 1
      continue
    }
    runs.push(run)
    at = run.last + 1
  }
  return runs
}

function startsRun(tokens: readonly Token[], at: number, language: Language): boolean {
  const token = tokens[at]!
  if (/\d/.test(token.text)) return true
  const reading = readNumeral(token.text, language)
  if (reading !== undefined && !reading.weak) return true
  if (reading === undefined && letterNamed(token.text, language) === undefined) return false
  if (isSmallWord(token.text, language) && isPlainWord(tokens, at, language)) return false
  // A weak numeral or a letter begins a run if a certain digit follows within six words.
  for (let next = at + 1; next <= at + 6; next += 1) {
    const following = tokens[next]
    if (following === undefined || following.from - token.to > maxPause) return false
    const after = readNumeral(following.text, language)
    if (/\d/.test(following.text) || (after !== undefined && !after.weak)) return true
    if (isFiller(following.text, language)) continue
    if (after === undefined && letterNamed(following.text, language) === undefined) return false
  }
  return false
}

function partsFrom(tokens: readonly Token[], start: number, language: Language): Part[] {
  const parts: Part[] = []
  let skipped: Part[] = []
  let fillers = 0
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index]!
    const before = tokens[index - 1]
    if (index > start && before !== undefined && token.from - before.to > maxPause) break
    const reading = readNumeral(token.text, language)
    const letter = letterNamed(token.text, language)
    const digit = /\d/.test(token.text) || (reading !== undefined && !reading.misheard) || letter !== undefined
    // After a longer pause only a digit continues the run; other words begin something else.
    if (!digit && before !== undefined && token.from - before.to > shortPause) break
    if (/\d/.test(token.text)) parts.push(...skipped, { kind: 'written', index, text: token.text })
    else if (isFiller(token.text, language) && !(reading !== undefined && !reading.weak)) {
      fillers += 1
      if (fillers > maxFillersInARow) break
      continue
    } else if (reading !== undefined && (!reading.misheard || letter === undefined)) {
      parts.push(...skipped, { kind: 'numeral', index, reading })
    } else if (letter !== undefined && !isPlainWord(tokens, index, language))
      parts.push(...skipped, { kind: 'letter', index, letter })
    else if (spellsLetter(token.text, language) && parts.at(-1)?.kind === 'letter') {
      fillers = 0
      continue
    } else {
      // Unrecognised words may be digits if digits follow.
      if (
        skipped.length >= maxSkippedWords ||
        !digitsContinue(tokens, index, parts.length, language, startsWithZero(parts))
      )
        break
      skipped.push({ kind: 'unknown', index })
      continue
    }
    skipped = []
    fillers = 0
  }
  return trimmed(parts)
}

/** Returns true if this word is among digits: some before it, and some within two words after it. */
function digitsContinue(
  tokens: readonly Token[],
  index: number,
  before: number,
  language: Language,
  beginsWithZero: boolean,
): boolean {
  const [token, previous] = [tokens[index]!, tokens[index - 1]!]
  if ((isUnit(token.text, language) && !beginsWithZero) || token.from - previous.to > shortPause) return false
  const isDigit = (at: number) => {
    const text = tokens[at]?.text ?? ''
    const reading = readNumeral(text, language)
    const sure = reading !== undefined && (!reading.weak || (before >= 2 && !reading.misheard))
    return /\d/.test(text) || sure || (before >= 4 && /^\p{L}$/u.test(text))
  }
  const isUnitAt = (at: number) => isUnit(tokens[at]?.text ?? '', language)
  const next = [1, 2].find((step) => isDigit(index + step))
  if (next === undefined || isUnitAt(index + next + 1)) return false
  if (tokens[index + next]!.from - token.to > 9600 * next) return false
  return (
    before >= 4 ||
    (next === 1 && (before >= 2 || !isSmallWord(token.text, language))) ||
    (before >= 1 && isDigit(index + next + 1))
  )
}

/** Returns true if a run begins with zero, as telephone numbers do and amounts do not. */
function startsWithZero([first]: readonly Part[]): boolean {
  if (first?.kind === 'written') return first.text.startsWith('0')
  return first?.kind === 'numeral' && first.reading.morphemes[0]?.value === 0
}

/** Returns true for "I", "a" and other small words that are not followed by a digit or letter, and so are no letters. */
function isPlainWord(tokens: readonly Token[], index: number, language: Language): boolean {
  if (!isSmallWord(tokens[index]!.text, language)) return false
  const next = tokens[index + 1]?.text ?? ''
  return !/\d/.test(next) && readNumeral(next, language) === undefined && letterNamed(next, language) === undefined
}

/** Drops weak numerals at the end without a certain neighbour: "viisi on toinen" ends with five. */
function trimmed(parts: readonly Part[]): Part[] {
  const remaining = [...parts]
  for (;;) {
    const last = remaining.at(-1)
    const digitsBefore = remaining.slice(0, -1).filter(({ kind }) => kind !== 'letter' && kind !== 'unknown').length
    const before = remaining.at(-2)
    const kind = before?.kind === 'numeral' ? before.reading.morphemes.at(-1)?.kind : undefined
    const doubled = kind === 'times' || ((kind === 'ten' || kind === 'hundred') && before?.index === last!.index - 1)
    const digit = last?.kind === 'numeral' && !last.reading.misheard && last.reading.morphemes[0]?.ordinal === false
    const enough = doubled || digitsBefore >= (digit ? 2 : 3)
    if (last?.kind === 'numeral' && last.reading.weak && !enough) remaining.pop()
    else return remaining
  }
}

function runOf(tokens: readonly Token[], whole: readonly Part[], language: Language): SymbolRun | undefined {
  const parts = withoutAmount(tokens, whole, language)
  const first = parts[0]?.index
  const last = parts.at(-1)?.index
  if (first === undefined || last === undefined) return undefined
  const numbers: SpokenNumber[] = []
  let symbols = ''
  for (let at = 0; at < parts.length;) {
    const part = parts[at]!
    if (part.kind !== 'numeral') {
      symbols += part.kind === 'written' ? writtenSymbols(part.text) : part.kind === 'letter' ? part.letter : '?'
      at += 1
      continue
    }
    const spoken: { index: number; morphemes: NumeralReading['morphemes'] }[] = []
    for (; parts[at]?.kind === 'numeral'; at += 1) {
      const numeral = parts[at] as Extract<Part, { kind: 'numeral' }>
      spoken.push({ index: numeral.index, morphemes: numeral.reading.morphemes })
    }
    const added = addUp(spoken)
    numbers.push(...added)
    symbols += added.map(({ digits }) => digits).join('')
  }
  const next = tokens[last + 1]
  const unitFollows = next !== undefined && isUnit(next.text, language)
  const written = parts.length === 1 && parts[0]?.kind === 'written' ? parts[0].text : undefined
  const alone = numbers.length === 1 && parts.every(({ kind }) => kind === 'numeral')
  return {
    first,
    last,
    symbols,
    digits: symbols.replace(/[^\d?]/g, '').length,
    amount: (unitFollows && symbols.length <= 8) || (alone && numbers[0]?.large === true),
    written,
  }
}

/**
 * Removes an amount at the end of a run, which does not belong to the number: "nolla viisi nolla ... kaksisataa euroa".
 */
function withoutAmount(tokens: readonly Token[], parts: readonly Part[], language: Language): readonly Part[] {
  const last = parts.at(-1)
  if (last === undefined || !isUnit(tokens[last.index + 1]?.text ?? '', language)) return parts
  const start = parts.findLastIndex(({ kind }) => kind !== 'numeral') + 1
  const spoken = parts.slice(start).filter((part) => part.kind === 'numeral')
  const amount = addUp(spoken.map(({ index, reading }) => ({ index, morphemes: reading.morphemes }))).at(-1)
  const from = amount?.first ?? last.index
  const remaining = trimmed(parts.filter(({ index }) => index < from))
  return remaining.some(({ kind }) => kind === 'numeral' || kind === 'written') ? remaining : parts
}

/** Returns digits and letters of a written token, without the sign of a Finnish identity code. */
function writtenSymbols(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\d]/gu, '')
}
