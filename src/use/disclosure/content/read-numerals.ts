import { englishNumerals } from './numerals-en.ts'
import { finnishNumerals } from './numerals-fi.ts'
import { resembledNumeral, splitNumeral, type Lexicon, type Morpheme } from './numeral-lexicon.ts'
import { swedishNumerals } from './numerals-sv.ts'
import { isSmallWord } from './small-words.ts'
import type { Language } from './word.ts'

/** A number said as one: "viisikymmentäkolme" is 53, "nolla" is 0. */
export interface SpokenNumber {
  digits: string
  /** Indexes of its first and last token. */
  first: number
  last: number
  ordinal: boolean
  /** Said in hundreds or thousands: an amount or a year rather than digits. */
  large: boolean
}

/** Reading of a token as numerals, certain or possible (weak or misheard). */
export interface NumeralReading {
  morphemes: readonly Morpheme[]
  /** Counts only among other numerals. */
  weak: boolean
  /** Only resembles a numeral. */
  misheard: boolean
}

const lexicons: Record<Language, Lexicon> = { fi: finnishNumerals, sv: swedishNumerals, en: englishNumerals }

/** Parses one word as numerals of the language; a misheard one (one letter off) is weak. */
export function readNumeral(text: string, language: Language): NumeralReading | undefined {
  const morphemes = splitNumeral(text, lexicons[language])
  if (morphemes !== undefined && morphemes.length > 0) {
    return { morphemes, weak: morphemes.length === 1 && morphemes[0]?.weak === true, misheard: false }
  }
  if (isSmallWord(text, language)) return undefined
  const resembled = resembledNumeral(text, lexicons[language])
  return resembled === undefined ? undefined : { morphemes: [resembled], weak: true, misheard: true }
}

interface PlacedMorpheme extends Morpheme {
  index: number
}

interface Sum {
  value: number
  next: number
}

/** Adds up consecutive numerals. Fillers must have been removed. */
export function addUp(readings: readonly { index: number; morphemes: readonly Morpheme[] }[]): SpokenNumber[] {
  const items: PlacedMorpheme[] = readings.flatMap(({ index, morphemes }) =>
    morphemes.map((one) => ({ ...one, index })),
  )
  const numbers: SpokenNumber[] = []
  for (let at = 0; at < items.length;) {
    const first = items[at]!
    if (first.kind === 'times') {
      const unit = items[at + 1]
      const last = unit?.kind === 'unit' ? unit : first
      const digits = unit?.kind === 'unit' ? String(unit.value).repeat(first.value) : ''
      numbers.push({ digits, first: first.index, last: last.index, ordinal: false, large: false })
      at += unit?.kind === 'unit' ? 2 : 1
      continue
    }
    const { value, next } = belowMillion(items, at)
    const used = items.slice(at, next)
    numbers.push({
      digits: String(value),
      first: first.index,
      last: used.at(-1)!.index,
      ordinal: used.some(({ ordinal }) => ordinal),
      large: used.some(({ kind }) => kind === 'hundred' || kind === 'thousand'),
    })
    at = next
  }
  return numbers
}

function belowMillion(items: readonly PlacedMorpheme[], at: number): Sum {
  const thousands = items[at]?.kind === 'thousand' ? { value: 1, next: at } : belowThousand(items, at)
  if (thousands.value === 0 || items[thousands.next]?.kind !== 'thousand') return thousands
  const value = thousands.value * 1000
  const next = thousands.next + 1
  if (!continues(items, next)) return { value, next }
  const rest = belowThousand(items, next)
  return { value: value + rest.value, next: rest.next }
}

function belowThousand(items: readonly PlacedMorpheme[], at: number): Sum {
  const hundreds = items[at]?.kind === 'hundred' ? { value: 1, next: at } : belowHundred(items, at)
  if (hundreds.value === 0 || items[hundreds.next]?.kind !== 'hundred') return hundreds
  const value = hundreds.value * 100
  const next = hundreds.next + 1
  if (!continues(items, next)) return { value, next }
  const rest = belowHundred(items, next)
  // "neljäsataa yksi kaksi": digits in words of their own are not part of the four hundred.
  const isNextWord = items[next]?.index !== items[next - 1]?.index
  const isReadOut = items[rest.next]?.kind === 'unit' && rest.value < 10
  return isNextWord && isReadOut ? { value, next } : { value: value + rest.value, next: rest.next }
}

function belowHundred(items: readonly PlacedMorpheme[], at: number): Sum {
  const first = items[at]!
  const second = items[at + 1]
  if (first.kind === 'ten') return withUnit(items, at + 1, first.value)
  if (first.kind === 'teen') return { value: first.value, next: at + 1 }
  if (first.kind === 'teen-mark') return { value: 2, next: at + 1 }
  if (first.kind === 'ten-mark') return { value: 10, next: at + 1 }
  if (first.kind === 'hundred' || first.kind === 'thousand') return { value: first.value, next: at + 1 }
  if (first.value > 0 && second !== undefined) {
    if (second.kind === 'teen-mark') return { value: 10 + first.value, next: at + 2 }
    // "viidenkymmenen" is fifty, "viisi kymmenen" is the fifth of October.
    const tenfold = second.kind === 'ten-mark' || (second.kind === 'teen' && second.value === 10)
    if (tenfold && (second.kind === 'ten-mark' || second.index === first.index)) {
      return withUnit(items, at + 2, first.value * 10)
    }
  }
  return { value: first.value, next: at + 1 }
}

/** Adds a unit to tens: "twenty three" is 23, but "twenty three-teen" is 20 and 13. */
function withUnit(items: readonly PlacedMorpheme[], at: number, tens: number): Sum {
  const unit = items[at]
  const after = items[at + 1]
  const starts =
    after !== undefined &&
    (after.kind === 'teen-mark' || after.kind === 'ten-mark' || after.kind === 'hundred') &&
    unit?.index !== items[at - 1]?.index
  if (unit?.kind !== 'unit' || unit.value === 0 || starts) return { value: tens, next: at }
  return { value: tens + unit.value, next: at + 1 }
}

/** Returns true if what follows a hundred or a thousand is smaller and belongs to it. */
function continues(items: readonly PlacedMorpheme[], at: number): boolean {
  const item = items[at]
  if (item === undefined || item.kind === 'times' || item.kind === 'thousand') return false
  return !(item.kind === 'unit' && item.value === 0)
}
