import { endsLikeFamilyName, knownName, type KnownName } from './name-forms.ts'
import { letterNamed } from './letters.ts'
import { withinOneEdit } from './numeral-lexicon.ts'
import { isPhraseWord, phrasesIn, type Phrase } from './phrases.ts'
import { readNumeral } from './read-numerals.ts'
import { isMonth, isSmallWord, isUnit, isFiller } from './small-words.ts'
import type { Token } from './tokens.ts'
import type { Language, Proposal } from './word.ts'

/** Longest time to an answer, in samples. */
const answerWithin = 48_000
const wordsOfName = 4
/** Length of the introductions, in samples: twenty seconds. */
const introductions = 160_000

/**
 * Proposes names on one track: after a phrase, from the lists of names, capitalised, spelled. `other` is the other party's
 * track, where the name may have been asked for.
 */
export function proposeNames(tokens: readonly Token[], other: readonly Token[]): Proposal[] {
  return [...afterPhrases(tokens, other), ...fromNameLists(tokens), ...capitals(tokens), ...spelled(tokens)]
}

function afterPhrases(tokens: readonly Token[], other: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  const languages = new Set([...tokens, ...other].map(({ language }) => language))
  for (const language of languages) {
    const ofName = (phrase: Phrase) => phrase.category === 'NAME'
    for (const phrase of phrasesIn(tokens, language).filter(ofName)) {
      if (phrase.isAfterName) proposals.push(...nameBefore(tokens, phrase.first))
      else if (!phrase.isQuestion) proposals.push(...nameFrom(tokens, phrase))
    }
    for (const phrase of phrasesIn(other, language).filter(ofName)) {
      if (!phrase.isQuestion) continue
      const answer = tokens.findIndex((token) => token.from >= phrase.endsAt - 1600)
      if (answer >= 0) proposals.push(...nameFrom(tokens, { ...phrase, next: answer }))
    }
  }
  return proposals
}

/** Returns true if only a likely name counts after a phrase. During introductions any unknown word after "täällä" is a name. */
function isLoose(phrase: Phrase): boolean {
  return phrase.loose && phrase.endsAt > introductions
}

/** Proposes up to two words before a phrase, if one is a likely name or during introductions: "Virtanen tässä". */
function nameBefore(tokens: readonly Token[], end: number): Proposal[] {
  let first = end
  while (first > Math.max(0, end - 2) && !isNoName(tokens[first - 1]!)) first -= 1
  if (first === end) return []
  const sure = tokens.slice(first, end).some(isLikelyName)
  const early = tokens[first]!.from < introductions && end - first <= 2
  return sure || early ? [proposal(tokens, first, end - 1, 'phrase', sure ? 0.9 : 0.5)] : []
}

/** Proposes up to four words after a phrase that can be a name; up to three small words may come before them. */
function nameFrom(tokens: readonly Token[], phrase: Phrase): Proposal[] {
  const { next: start, endsAt: phraseEnds } = phrase
  const loose = isLoose(phrase)
  let first = start
  while (first < start + 4 && first < tokens.length && isNoName(tokens[first]!)) first += 1
  if (first - start > (phrase.loose ? 0 : 3)) return []
  let last = first - 1
  for (let index = first; index < first + wordsOfName && index < tokens.length; index += 1) {
    const token = tokens[index]!
    if (token.from - phraseEnds > answerWithin || isNoName(token)) break
    if (index > first && token.from - tokens[index - 1]!.to > 8000) break
    if (loose && !isLikelyName(token) && !(index > first && isAlmostName(token))) break
    last = index
  }
  if (last < first) return []
  const sure = tokens.slice(first, last + 1).some(isLikelyName)
  // Unknown words after "nimeni on" are proposed too, with less certainty.
  return [proposal(tokens, first, last, 'phrase', sure ? 0.95 : loose ? 0.5 : 0.7)]
}

function isNoName(token: Token): boolean {
  if (token.capital) return !isProper(token)
  const reading = readNumeral(token.text, token.language)
  const numeral = reading !== undefined && !reading.weak
  const known = nameOf(token)
  if (known !== undefined && !known.word) return false
  return (
    token.text.length < 2 ||
    /\d/.test(token.text) ||
    numeral ||
    isSmallWord(token.text, token.language) ||
    isFiller(token.text, token.language) ||
    isUnit(token.text, token.language) ||
    isMonth(token.text, token.language) ||
    isPhraseWord(token)
  )
}

/** Words that are everyday words in Finnish calls, and names in calls in another language. */
const wordsInFinnish =
  /^(anna|anne|ella|ida|lea|sara|maria|satu|meri|aura|tiina|pia|milla|sanna|tea|eli|sami|timo|helmi|taru|tuuli|suvi|seija|hans|martin|peter|linda)$/

function nameOf({ text, language }: Token): KnownName | undefined {
  const known = knownName(text)
  return known?.word === true && language !== 'fi' && wordsInFinnish.test(text) ? { ...known, word: false } : known
}

function isLikelyName(token: Token): boolean {
  const known = nameOf(token)
  return token.capital || (known !== undefined && !known.word) || endsLikeFamilyName(token.text)
}

function isAlmostName(token: Token): boolean {
  return nameOf(token) !== undefined || (token.text.length >= 5 && resemblesName(token.text))
}

/** Proposes listed names that are no everyday words, with a neighbour that may be the rest of the name. */
function fromNameLists(tokens: readonly Token[]): Proposal[] {
  return tokens.flatMap((token, index) => {
    const known = nameOf(token)
    const strong = known !== undefined && (!known.word || token.capital)
    if (!strong && (!endsLikeFamilyName(token.text) || isNoName(token))) return []
    const numeral = readNumeral(token.text, token.language)?.misheard === false
    if (isMonth(token.text, token.language) || (known === undefined && numeral)) return []
    const before = neighbourOf(tokens, index, -1)
    const next = neighbourOf(tokens, index, 1)
    // After a given name any word may be the family name, and before a family name any word may be the given name.
    const first = known?.given !== true && before !== undefined && mayBeName(before) ? index - 1 : index
    const last = known?.given === true && next !== undefined && mayBeName(next) ? index + 1 : index
    const pair = first < index || last > index
    const both = tokens.slice(first, last + 1).every((one) => isLikelyName(one) || nameOf(one) !== undefined)
    if (!strong && !pair) return [proposal(tokens, index, index, 'name-list', 0.4)]
    if (!pair) return [proposal(tokens, index, index, 'name-list', token.capital ? 0.8 : 0.6)]
    return [proposal(tokens, first, last, 'name-pair', both ? 0.9 : 0.6)]
  })
}

function neighbourOf(tokens: readonly Token[], index: number, step: 1 | -1): Token | undefined {
  const [token, other] = [tokens[index]!, tokens[index + step]]
  if (other === undefined) return undefined
  const gap = step > 0 ? other.from - token.to : token.from - other.to
  return gap < 6400 ? other : undefined
}

function mayBeName(token: Token): boolean {
  return token.text.length >= 3 && !isNoName(token)
}

/** Capitalised words that are nobody's name: languages, days, the agency. */
const capitalisedNonNames =
  /^(i|i'm|i'll|i've|i'd|tax|administration|finnish|swedish|english|finland|sweden|monday|tuesday|wednesday|thursday|friday|saturday|sunday|verohallinto\p{L}*|kela\p{L}*|omavero\p{L}*|skatteförvaltningen|fpa|dvv|suomi|suomen|suomessa|eu|ok|oy|ab|fo|iban)$/u

function capitals(tokens: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  for (let index = 0; index < tokens.length; index += 1) {
    let last = index - 1
    while (isProper(tokens[last + 1])) last += 1
    if (last < index) continue
    proposals.push(proposal(tokens, index, last, 'capital', 0.5))
    index = last
  }
  return proposals
}

function isProper(token: Token | undefined): boolean {
  return (
    token !== undefined &&
    token.capital &&
    !capitalisedNonNames.test(token.text) &&
    !isMonth(token.text, token.language)
  )
}

let resembled: Map<string, boolean> | undefined

/** Returns true if a word is one letter off a name, as a recogniser writes an unknown name. */
function resemblesName(text: string): boolean {
  resembled ??= new Map()
  const before = resembled.get(text)
  if (before !== undefined) return before
  const found = oneLetterOff(text).some((form) => knownName(form)?.word === false)
  if (resembled.size > 5000) resembled.clear()
  resembled.set(text, found)
  return found
}

const letters = [...'abcdefghijklmnopqrstuvwxyzåäö']

function oneLetterOff(text: string): string[] {
  const forms: string[] = []
  for (let at = 0; at <= text.length; at += 1) {
    const head = text.slice(0, at)
    if (at < text.length) forms.push(head + text.slice(at + 1))
    for (const letter of letters) {
      forms.push(head + letter + text.slice(at))
      if (at < text.length) forms.push(head + letter + text.slice(at + 1))
    }
  }
  return forms.filter((form) => withinOneEdit(form, text))
}

/** Proposes a spelled name: four or more letters said one by one. */
function spelled(tokens: readonly Token[]): Proposal[] {
  const proposals: Proposal[] = []
  for (let index = 0; index < tokens.length;) {
    let last = index - 1
    let count = 0
    for (let next = index; next < tokens.length; next += 1) {
      const token = tokens[next]!
      if (next > index && token.from - tokens[next - 1]!.to > 16_000) break
      if (!isLetter(token)) break
      count += 1
      last = next
    }
    if (count >= 4) proposals.push(proposal(tokens, index, last, 'spelled', 0.7))
    index = Math.max(index + 1, last + 1)
  }
  return proposals
}

function isLetter({ text, language }: Token): boolean {
  const reading = readNumeral(text, language)
  return letterNamed(text, language) !== undefined && (reading === undefined || reading.weak)
}

function proposal(
  tokens: readonly Token[],
  first: number,
  last: number,
  trigger: Proposal['trigger'],
  confidence: number,
): Proposal {
  const { from, track } = tokens[first]!
  return { track, from, to: tokens[last]!.to, category: 'NAME', trigger, confidence }
}

/** Returns the languages of a track's words, most frequent first. */
export function languagesOf(tokens: readonly Token[]): Language[] {
  const counts = new Map<Language, number>()
  for (const { language } of tokens) counts.set(language, (counts.get(language) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one).map(([language]) => language)
}
