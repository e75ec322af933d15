import { letterNamed } from './letters.ts'
import { isPhraseWord, phrasesIn } from './phrases.ts'
import { readNumeral } from './read-numerals.ts'
import { isSmallWord, isUnit, isFiller } from './small-words.ts'
import { isStreetName, isStreetWord, isTown } from './street-words.ts'
import type { Token } from './tokens.ts'
import type { Language, Proposal } from './word.ts'

/** Words for a flat: "as", "bostad", "flat". */
const flats: Record<Language, RegExp> = {
  fi: /^(as|asunto|asunnon|rappu|rapun|porras|huoneisto|talo)$/,
  sv: /^(bostad|bost|lägenhet|lgh|trappa|trappan|uppgång)$/,
  en: /^(flat|apartment|apt|unit|stair|staircase|floor)$/,
}

/** "Postinumero" between the street and its number is part of the answer. */
const postcodeWord = /^(post(i)?numer|post(nummer|numret|code|al)|code|zip)/

/** Most unrelated tokens between a street and its postcode. */
const maxUnrelatedTokens = 1

/** Proposes addresses on one track: a street with what follows, and the answer to "your address". */
export function proposeAddresses(tokens: readonly Token[], other: readonly Token[]): Proposal[] {
  return [...streets(tokens), ...afterPhrases(tokens, other), ...towns(tokens)]
}

function streets(tokens: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]!
    const isStreet = isStreetName(token.text, token.language)
    const english = token.language === 'en' && startOfEnglish(tokens, index) !== undefined
    const isSecondWord =
      isStreetWord(token.text, token.language) && index > 0 && (english || mayNameStreet(tokens[index - 1]!))
    if (!isStreet && !isSecondWord) continue
    const last = endOfAddress(tokens, index)
    if (token.language === 'en') {
      const first = startOfEnglish(tokens, index)
      if (first === undefined && last === index) continue
      proposals.push(proposal(tokens, first ?? index - 1, last, first === undefined ? 0.6 : 0.9))
      continue
    }
    const numbered = last > index
    if (isSecondWord && !isStreet && !numbered) continue
    const first = isSecondWord && !isStreet ? index - 1 : prefixed(tokens, index)
    proposals.push(proposal(tokens, first, last, numbered ? 0.95 : 0.6))
  }
  return proposals
}

function mayNameStreet(before: Token): boolean {
  return before.text.length >= 4 && !isSmallWord(before.text, before.language) && !/\d/.test(before.text)
}

/** Includes the word before a street name if it is capitalised or an adjective: "Itäinen Rantakatu", "Norra Esplanaden". */
function prefixed(tokens: readonly Token[], index: number): number {
  const before = tokens[index - 1]
  const compass =
    /^(itäinen|läntinen|pohjoinen|eteläinen|vanha|uusi|ala|ylä|norra|södra|östra|västra|gamla|nya|lilla|stora)$/
  return before !== undefined && (before.capital || compass.test(before.text)) ? index - 1 : index
}

/** Returns the index of the number of an English street, up to three words before it: "25 Baker Street". */
function startOfEnglish(tokens: readonly Token[], index: number): number | undefined {
  for (let at = index - 2; at >= Math.max(0, index - 4); at -= 1) {
    if (!isNumber(tokens[at]!)) continue
    let first = at
    while (first > 0 && isNumber(tokens[first - 1]!)) first -= 1
    return first
  }
  return undefined
}

/** Returns the index of the address's last token, after the number, the stair, the flat, the postcode and the town. */
function endOfAddress(tokens: readonly Token[], index: number): number {
  let last = index
  let unrelated = 0
  for (let at = index + 1; at < Math.min(tokens.length, index + 18); at += 1) {
    const token = tokens[at]!
    if (token.from - tokens[at - 1]!.to > 24_000) break
    if (isPartOfAddress(token)) {
      if (isUnit(tokens[at + 1]?.text ?? '', token.language)) break
      last = at
      unrelated = 0
    } else {
      if (!isFiller(token.text, token.language) && !postcodeWord.test(token.text)) unrelated += 1
      const isOtherSpeech = isSmallWord(token.text, token.language) && !postcodeWord.test(token.text)
      if (unrelated > maxUnrelatedTokens || (isOtherSpeech && last > index) || isUnit(token.text, token.language)) break
    }
  }
  // The word after a postcode is treated as a town, even if it is not a known one.
  const [end, next] = [tokens[last]!, tokens[last + 1]]
  const town = next !== undefined && next.from - end.to < 4000 && next.text.length >= 2 && !isPhraseWord(next)
  const digits = tokens.slice(index + 1, last + 1).filter(isNumber).length
  const postcode = digits >= 4 || /^\d{5}$/.test(end.text)
  return town && postcode && isNumber(end) && !isSmallWord(next.text, next.language) ? last + 1 : last
}

function isPartOfAddress(token: Token): boolean {
  return (
    isNumber(token) ||
    flats[token.language].test(token.text) ||
    isTown(token.text) ||
    (letterNamed(token.text, token.language) !== undefined && !isSmallWord(token.text, token.language))
  )
}

function isNumber(token: Token): boolean {
  const reading = readNumeral(token.text, token.language)
  return /^\d/.test(token.text) || (reading !== undefined && !reading.weak)
}

/**
 * Proposes the answer to "osoite", from the phrase to the end of what looks like an address; finds streets with unknown
 * endings.
 */
function afterPhrases(tokens: readonly Token[], other: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  const languages = new Set([...tokens, ...other].map(({ language }) => language))
  for (const language of languages) {
    const own = phrasesIn(tokens, language).filter(({ category }) => category === 'ADDRESS')
    const theirs = phrasesIn(other, language).filter(({ category }) => category === 'ADDRESS')
    for (const phrase of own) proposals.push(...answerFrom(tokens, phrase.next, phrase.endsAt))
    for (const phrase of theirs) {
      const answer = tokens.findIndex((token) => token.from >= phrase.endsAt - 1600)
      if (answer >= 0) proposals.push(...answerFrom(tokens, answer, phrase.endsAt))
    }
  }
  return proposals
}

/** Proposes a word that may name a place, with a number close after it (in English before it). */
function answerFrom(tokens: readonly Token[], start: number, phraseEnds: number): Proposal[] {
  for (let at = start; at < Math.min(tokens.length, start + 8); at += 1) {
    const token = tokens[at]!
    if (token.from - phraseEnds > 48_000) return []
    const street = token.language === 'en' && isNumber(token) ? wordsAfterNumber(tokens, at) : undefined
    if (street !== undefined) return [{ ...proposal(tokens, at, endOfAddress(tokens, street), 0.6), trigger: 'phrase' }]
    if (isSmallWord(token.text, token.language) || isNumber(token) || isPhraseWord(token) || token.text.length < 4)
      continue
    const last = endOfAddress(tokens, at)
    const before = at > start && isNumber(tokens[at - 1]!) ? at - 1 : at
    if (last > at || before < at) return [{ ...proposal(tokens, before, last, 0.7), trigger: 'phrase' }]
  }
  return []
}

/** Returns the index of the second word after the number, even if it is no street word: "seventy seven oak drove". */
function wordsAfterNumber(tokens: readonly Token[], index: number): number | undefined {
  let first = index
  while (first < tokens.length && isNumber(tokens[first]!)) first += 1
  const words = tokens.slice(first, first + 2)
  const areNameWords = words.every(
    (token) => !isSmallWord(token.text, 'en') && !isUnit(token.text, 'en') && !isTown(token.text),
  )
  return words.length === 2 && areNameWords ? first + 1 : undefined
}

/** Proposes towns after a postcode, or where somebody says where they live. */
function towns(tokens: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  tokens.forEach((token, index) => {
    if (!isTown(token.text)) return
    let first = index
    while (first > 0 && index - first < 6 && isNumber(tokens[first - 1]!)) first -= 1
    if (first < index) proposals.push({ ...proposal(tokens, first, index, 0.8), trigger: 'postcode' })
    else if (lives(tokens, index)) proposals.push({ ...proposal(tokens, index, index, 0.5), trigger: 'town' })
  })
  return proposals
}

function lives(tokens: readonly Token[], index: number): boolean {
  return tokens
    .slice(Math.max(0, index - 3), index)
    .some(({ text }) =>
      /^(asun|asumme|asuu|muutin|muutimme|kotoisin|bor|bodde|flyttade|live|lives|living|moved)$/.test(text),
    )
}

function proposal(tokens: readonly Token[], first: number, last: number, confidence: number): Proposal {
  const { from, track } = tokens[first]!
  return { track, from, to: tokens[last]!.to, category: 'ADDRESS', trigger: 'street', confidence }
}
