import {
  holdsIban,
  holdsIdentityCode,
  holdsPersonnummer,
  isBusinessId,
  isDay,
  isLikelyIdentityCode,
} from './check-codes.ts'
import { letterNamed } from './letters.ts'
import { isPhraseWord, phrasesIn, type Phrase } from './phrases.ts'
import { languagesOf } from './propose-names.ts'
import { readNumeral } from './read-numerals.ts'
import { isMonth, isSmallWord, isUnit, isFiller } from './small-words.ts'
import { symbolRuns, type SymbolRun } from './symbol-runs.ts'
import type { Token } from './tokens.ts'
import { isTown } from './street-words.ts'
import type { Category, Language, Proposal, Trigger } from './word.ts'

/** How long a phrase applies to digits after it: fifteen seconds, in samples. */
const phraseSamples = 120_000

/** Lowest and usual number of digits of a category after its phrase. */
const lengths: Partial<Record<Category, { min: number; usual: number }>> = {
  IDENTITY_CODE: { min: 3, usual: 11 },
  PHONE: { min: 3, usual: 11 },
  ACCOUNT: { min: 4, usual: 18 },
  BUSINESS_ID: { min: 4, usual: 8 },
  CASE_NUMBER: { min: 3, usual: 12 },
  PLATE: { min: 1, usual: 7 },
  OTHER: { min: 2, usual: 7 },
  DATE_OF_BIRTH: { min: 2, usual: 4 },
  ADDRESS: { min: 5, usual: 7 },
}

interface Judged {
  category: Category
  trigger: Trigger
  confidence: number
}

/** Proposes identifying numbers and dates of birth on one track. */
export function proposeNumbers(tokens: readonly Token[], other: readonly Token[]): Proposal[] {
  const own = languagesOf(tokens)
  const phrases = [...new Set([...own, ...languagesOf(other)])]
    .flatMap((language) => [...phrasesIn(tokens, language), ...phrasesIn(other, language)])
    .filter(({ category }) => category !== 'NAME')
    .sort((one, two) => one.endsAt - two.endsAt)
  const proposals = runsOf(tokens).flatMap((run) => {
    const judged = judge(tokens, run, phraseBefore(phrases, tokens[run.first]!.from))
    if (judged === undefined) return []
    const { first, last } = completed(tokens, run, judged)
    return [{ ...spanOf(tokens, first, last), ...judged }]
  })
  return [...proposals, ...datesOfBirth(tokens, other), ...plates(tokens, other, phrases)]
}

/** Finds runs in the track's languages, and in other languages if four or more digits are read out in them. */
export function runsOf(tokens: readonly Token[]): SymbolRun[] {
  const own = languagesOf(tokens)
  const others = (['fi', 'sv', 'en'] as const).filter((language) => !own.includes(language))
  const spoken = (run: SymbolRun) => run.digits >= 4 && run.last - run.first >= 2
  return [
    ...own.flatMap((language) => symbolRuns(tokens, language)),
    ...others.flatMap((language: Language) => symbolRuns(tokens, language).filter(spoken)),
  ]
}

function phraseBefore(phrases: readonly Phrase[], from: number): Phrase | undefined {
  return phrases.findLast(({ endsAt }) => endsAt <= from + 800 && from - endsAt <= phraseSamples)
}

/** Returns the most probable category of a run of digits and letters; undefined if it identifies nobody. */
function judge(tokens: readonly Token[], run: SymbolRun, phrase: Phrase | undefined): Judged | undefined {
  const { symbols, digits } = run
  if (holdsIdentityCode(symbols)) return { category: 'IDENTITY_CODE', trigger: 'check-passes', confidence: 0.98 }
  if (holdsPersonnummer(symbols)) return { category: 'IDENTITY_CODE', trigger: 'check-passes', confidence: 0.95 }
  if (holdsIban(symbols)) return { category: 'ACCOUNT', trigger: 'check-passes', confidence: 0.98 }
  const amount = run.amount && run.digits <= 8
  const unit = isUnit(tokens[run.last + 1]?.text ?? '', tokens[run.last]!.language)
  if (phrase !== undefined && !unit) {
    const { min } = lengths[phrase.category] ?? { min: 4 }
    const isLongEnough = symbols.length >= min
    const year = isYear(symbols) && phrase.category !== 'DATE_OF_BIRTH'
    if (isLongEnough && !year && !(amount && digits < 5 && phrase.category !== 'DATE_OF_BIRTH')) {
      return { category: phrase.category, trigger: 'phrase', confidence: digits >= 4 ? 0.95 : 0.75 }
    }
  }
  if (unit || (run.written !== undefined && isWrittenDate(run.written))) return undefined
  if (isBusinessId(symbols) && !/^0[45]/.test(symbols))
    return { category: 'BUSINESS_ID', trigger: 'check-passes', confidence: 0.85 }
  if (isLikelyIdentityCode(symbols)) return { category: 'IDENTITY_CODE', trigger: 'form', confidence: 0.85 }
  if (/^(?:358|00358|46|0046|0)\d{6,11}$/.test(symbols.replaceAll('?', '1'))) {
    return { category: 'PHONE', trigger: 'form', confidence: 0.85 }
  }
  if (/^[A-ZÅÄÖ]{2,3}\d{1,3}$/.test(symbols)) return { category: 'PLATE', trigger: 'form', confidence: 0.6 }
  if (digits === 5 && isTown(tokens[run.last + 1]?.text ?? '')) {
    return { category: 'ADDRESS', trigger: 'postcode', confidence: 0.9 }
  }
  if (amount || isYear(symbols)) return undefined
  if (digits >= 4) return { category: 'OTHER', trigger: 'digits', confidence: digits >= 6 ? 0.8 : 0.6 }
  return undefined
}

function isYear(symbols: string): boolean {
  return /^(?:19|20)\d\d$/.test(symbols)
}

function isWrittenDate(text: string): boolean {
  const [, day, month] = /^(\d{1,2})\.(\d{1,2})\.?(?:\d{4}|\d\d)?$/.exec(text) ?? []
  return isDay(day, month) || /^\d{1,2}[.:]\d\d$/.test(text)
}

/**
 * Extends a run that is shorter than its category usually is by the words beside it, which may be misheard digits, unless
 * they are common words.
 */
function completed(tokens: readonly Token[], run: SymbolRun, { category, trigger }: Judged): SymbolRun {
  const usual = trigger === 'digits' ? run.digits + 1 : (lengths[category]?.usual ?? 0)
  if ((trigger === 'check-passes' && category !== 'ACCOUNT') || run.symbols.length >= usual) return run
  const maxUnknown = run.symbols.length < 4 ? 2 : 1
  return {
    ...run,
    first: extendEdge(tokens, run.first, -1, maxUnknown),
    last: extendEdge(tokens, run.last, 1, maxUnknown),
  }
}

const furthest = 3

/** Extends a run over letters and numerals; up to `maxUnknown` other words may be among them. */
function extendEdge(tokens: readonly Token[], edge: number, step: 1 | -1, maxUnknown: number): number {
  let reached = edge
  let unknownWords = 0
  for (let index = edge + step; Math.abs(index - edge) <= furthest; index += step) {
    const [token, neighbour] = [tokens[index], tokens[index - step]!]
    if (token === undefined) break
    const gap = step < 0 ? neighbour.from - token.to : token.from - neighbour.to
    const { text, language } = token
    // "The number is have oh nine": any word between "is" and the digits may be a misheard digit.
    const isAfterLinkingWord = step < 0 && linkingWords.test(tokens[index - 1]?.text ?? '') && !linkingWords.test(text)
    const known = readNumeral(text, language) !== undefined || letterNamed(text, language) !== undefined
    const small = (isSmallWord(text, language) && !known) || isFiller(text, language)
    const letterNext = step > 0 && isLetterAlone(tokens[index + 1])
    const isOrdinaryWord = (small && !letterNext) || isUnit(text, language) || isPhraseWord(token)
    if (gap > 6400 || (isOrdinaryWord && !isAfterLinkingWord)) break
    if (!known) unknownWords += 1
    if (unknownWords > maxUnknown || text.length > 20) break
    reached = index
  }
  return reached
}

/** Returns true for a letter, such as the check character after another word: "neljä no tee". */
function isLetterAlone(token: Token | undefined): boolean {
  if (token === undefined || isSmallWord(token.text, token.language)) return false
  return letterNamed(token.text, token.language) !== undefined
}

const linkingWords = /^(on|oli|se|är|var|is|was|it's|numero|nummer|number)$/

/** Proposes what is said within six seconds of "rekisterinumero", from the first letter or digit to the last. */
function plates(tokens: readonly Token[], other: readonly Token[], phrases: readonly Phrase[]): Proposal[] {
  return phrases
    .filter(({ category }) => category === 'PLATE')
    .flatMap((phrase) => {
      const start = tokens.findIndex(({ from }) => from >= phrase.endsAt - 800)
      const answered = other.find(({ from }) => from > phrase.endsAt + 800)?.from ?? Infinity
      let [first, last] = [-1, -1]
      for (let at = start; at >= 0 && at < Math.min(tokens.length, start + 9); at += 1) {
        const token = tokens[at]!
        if (
          token.from > phrase.endsAt + 48_000 ||
          (first >= 0 && token.from > answered && token.from - tokens[last]!.to > 9600)
        )
          break
        const part =
          /\d/.test(token.text) || isExactNumeral(token) || letterNamed(token.text, token.language) !== undefined
        if (!part || linkingWords.test(token.text)) continue
        if (first < 0) first = at
        last = at
      }
      if (last <= first) return []
      return [
        { ...spanOf(tokens, first, last), category: 'PLATE' as const, trigger: 'phrase' as const, confidence: 0.7 },
      ]
    })
}

/** Proposes days, months and years after "syntymäaika", said by either party. */
function datesOfBirth(tokens: readonly Token[], other: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  const languages = new Set([...languagesOf(tokens), ...languagesOf(other)])
  for (const language of languages) {
    for (const [list, isOther] of [
      [tokens, false],
      [other, true],
    ] as const) {
      for (const phrase of phrasesIn(list, language).filter(({ category }) => category === 'DATE_OF_BIRTH')) {
        const start = isOther ? tokens.findIndex(({ from }) => from >= phrase.endsAt - 1600) : phrase.next
        const found = start < 0 ? undefined : dateFrom(tokens, start, phrase.endsAt)
        if (found !== undefined) proposals.push(found)
      }
    }
  }
  return proposals
}

function dateFrom(tokens: readonly Token[], start: number, phraseEnds: number): Proposal | undefined {
  let first: number | undefined
  let last = start
  let unknownWords = 0
  for (let at = start; at < Math.min(tokens.length, start + 16); at += 1) {
    const token = tokens[at]!
    if (token.from - (first === undefined ? phraseEnds : tokens[at - 1]!.to) > 40_000) break
    const continues = first !== undefined && last === at - 1 && token.from - tokens[last]!.to < 4000
    if (isPartOfDate(token, tokens[at + 1]?.text ?? '') || (continues && isExactNumeral(token))) {
      first ??= at
      last = at
      unknownWords = 0
      continue
    }
    unknownWords += 1
    if (unknownWords > (first === undefined ? 4 : 1) && !isFiller(token.text, token.language)) break
  }
  if (first === undefined) return undefined
  first = extendEdge(tokens, first, -1, 0)
  if (!/\d{4}$/.test(tokens[last]!.text)) last = extendEdge(tokens, last, 1, 1)
  return { ...spanOf(tokens, first, last), category: 'DATE_OF_BIRTH', trigger: 'phrase', confidence: 0.9 }
}

function isExactNumeral({ text, language }: Token): boolean {
  return readNumeral(text, language)?.misheard === false
}

function isPartOfDate({ text, language }: Token, next: string): boolean {
  const reading = readNumeral(text, language)
  const isDoubtful = reading?.weak === true && (text.length < 3 || isSmallWord(text, language))
  if (reading?.morphemes[0]?.ordinal === true && isMonth(next, language)) return true
  return /\d/.test(text) || isMonth(text, language) || (reading !== undefined && !isDoubtful)
}

function spanOf(tokens: readonly Token[], first: number, last: number) {
  const { from, track } = tokens[first]!
  return { track, from, to: tokens[last]!.to }
}
