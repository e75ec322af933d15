// Invents calls to a tax office from a seed, and labels identifying words. Returns words with times, and labels. Never
// combines a real person's name with a real number.
import type { Category, TrackIndex, Word } from '#use/disclosure/content/word.ts'
import {
  inventedBusinessId,
  inventedIban,
  inventedIdentityCode,
  inventedName,
  inventedPersonnummer,
  inventedPhone,
  oneOf,
  people,
  someDigits,
} from './invented-people.ts'
import { speakCardinal, speakCode, speakDigits, type Chance, type SpokenLanguage } from './speak-numbers.ts'
import { scriptFor } from './scripts.ts'

export interface Label {
  track: TrackIndex
  category: Category
  from: number
  to: number
  text: string
}

export interface LabelledCall {
  language: SpokenLanguage
  /** Writes capitals, full stops and digits, as some recognisers do; otherwise small letters, and numbers in words. */
  written: boolean
  words: Word[]
  labels: Label[]
  lengthSamples: number
}

/** Identifying item that replaces a placeholder such as `{NAME}` in a script. */
export interface Planted {
  category: Category
  text: string
}

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Returns the same calls for the same seed: half Finnish, the rest Swedish and English in turn. */
export function labelledCalls(count: number, seed = 1): LabelledCall[] {
  return Array.from({ length: count }, (_, index) => {
    const language = index % 2 === 0 ? 'fi' : index % 4 === 1 ? 'sv' : 'en'
    return labelledCall(language, chanceFrom(seed * 7919 + index))
  })
}

function labelledCall(language: SpokenLanguage, chance: Chance): LabelledCall {
  const written = chance() < 0.4
  const plant = makePlanter(language, written, chance)
  const words: Word[] = []
  const labels: Label[] = []
  let at = 8000
  for (const [track, line] of scriptFor(language, chance)) {
    let begins = true
    for (const piece of line.split(/(\{\w+\})/).filter((text) => text.trim() !== '')) {
      const planted = /^\{/.test(piece) ? plant(piece.slice(1, -1)) : undefined
      const texts = (planted?.text ?? piece).trim().split(/\s+/)
      const from = at
      for (const [index, raw] of texts.entries()) {
        const text = writeAs(raw, { written, begins, name: planted !== undefined && /\p{L}{3}/u.test(raw) })
        begins = false
        // A comma or full stop after a planted item belongs to its last word.
        const before = words.at(-1)
        if (!/[\p{L}\d]/u.test(raw)) {
          if (written && before !== undefined) before.text += raw
          continue
        }
        const spoken = /\d/.test(text) ? 2400 * text.replace(/\D/g, '').length : 960 + 480 * text.length
        words.push({ text, language, track, from: at, to: at + spoken })
        at += spoken + (index === texts.length - 1 ? 0 : 640)
      }
      if (planted !== undefined) labels.push({ track, category: planted.category, from, to: at, text: planted.text })
      at += 640
    }
    at += 4000
  }
  return { language, written, words, labels, lengthSamples: at + 8000 }
}

function writeAs(raw: string, { written, begins, name }: { written: boolean; begins: boolean; name: boolean }): string {
  if (!written) return raw.toLowerCase().replace(/[^\p{L}\d\s'-]/gu, '')
  return begins || name ? raw.charAt(0).toUpperCase() + raw.slice(1) : raw
}

/**
 * Returns a function that makes planted items. The caller keeps name, code and number during the call: an item planted
 * twice is spoken twice, in different ways.
 */
function makePlanter(language: SpokenLanguage, written: boolean, chance: Chance): (kind: string) => Planted {
  const caller = inventedName(language, chance)
  const official = inventedName(language, chance)
  const relative = inventedName(language, chance)
  const fact = {
    hetu: inventedIdentityCode(chance),
    pnr: inventedPersonnummer(chance),
    phone: inventedPhone(chance),
    iban: inventedIban(chance),
    business: inventedBusinessId(chance),
    plate: `${oneOf(['ABC', 'KLM', 'VRT', 'SEN', 'JOK', 'XZY'], chance)}-${100 + Math.floor(chance() * 900)}`,
    case: `${someDigits(oneOf([5, 6, 7], chance), chance)}/${someDigits(2, chance)}`,
    born: {
      day: 1 + Math.floor(chance() * 28),
      month: 1 + Math.floor(chance() * 12),
      year: 1940 + Math.floor(chance() * 65),
    },
    pin: someDigits(4 + Math.floor(chance() * 3), chance),
    street: street(language, chance),
    house: 1 + Math.floor(chance() * 90),
    postcode: oneOf(['00', '01', '20', '33', '65', '68', '90'], chance) + someDigits(3, chance),
    town: oneOf(people[language].towns, chance),
  }
  const code = (text: string) => (written ? text : speakCode(text, language, chance))
  const digits = (text: string) => (written ? inGroups(text) : speakDigits(text, language, chance))
  const house = () => (written ? String(fact.house) : speakCardinal(fact.house, language, chance() < 0.5))
  const kinds: Record<string, () => Planted> = {
    NAME: () => ({ category: 'NAME', text: `${caller.given} ${caller.family}` }),
    FAMILY: () => ({ category: 'NAME', text: caller.family }),
    GIVEN: () => ({ category: 'NAME', text: caller.given }),
    GENITIVE: () => ({ category: 'NAME', text: genitive(caller.family, language) }),
    OFFICIAL: () => ({ category: 'NAME', text: `${official.given} ${official.family}` }),
    RELATIVE: () => ({ category: 'NAME', text: `${relative.given} ${relative.family}` }),
    HETU: () => ({ category: 'IDENTITY_CODE', text: code(fact.hetu) }),
    HETUEND: () => ({ category: 'IDENTITY_CODE', text: code(fact.hetu.slice(-4)) }),
    PNR: () => ({ category: 'IDENTITY_CODE', text: code(fact.pnr) }),
    PHONE: () => ({ category: 'PHONE', text: digits(fact.phone) }),
    IBAN: () => ({ category: 'ACCOUNT', text: written ? fact.iban.replace(/(.{4})(?=.)/g, '$1 ') : code(fact.iban) }),
    BUSINESS: () => ({ category: 'BUSINESS_ID', text: code(fact.business) }),
    PLATE: () => ({ category: 'PLATE', text: code(fact.plate) }),
    CASE: () => ({ category: 'CASE_NUMBER', text: code(fact.case) }),
    PIN: () => ({ category: 'OTHER', text: digits(fact.pin) }),
    BORN: () => ({ category: 'DATE_OF_BIRTH', text: birthday(fact.born, language, written, chance) }),
    STREET: () => ({
      category: 'ADDRESS',
      text: language === 'en' ? `${house()} ${fact.street}` : `${fact.street} ${house()}`,
    }),
    POSTCODE: () => ({
      category: 'ADDRESS',
      text: `${written ? fact.postcode : speakDigits(fact.postcode, language, chance)} ${fact.town}`,
    }),
  }
  return (kind) => {
    const made = kinds[kind]
    if (made === undefined) throw new Error(`scripts.ts has an item ${kind} that labelled-calls.ts cannot make.`)
    return made()
  }
}

function inGroups(digits: string): string {
  return digits.length < 7 ? digits : `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`
}

function street(language: SpokenLanguage, chance: Chance): string {
  const { streets, endings } = people[language]
  return `${oneOf(streets, chance)}${language === 'en' ? ' ' : ''}${oneOf(endings, chance)}`
}

function genitive(name: string, language: SpokenLanguage): string {
  if (language !== 'fi') return `${name}s`
  if (name.endsWith('nen')) return `${name.slice(0, -3)}sen`
  if (name.endsWith('us')) return `${name.slice(0, -1)}ksen`
  if (name.endsWith('ki')) return `${name.slice(0, -2)}en`
  return /[aeiouyäö]$/.test(name) ? `${name}n` : `${name}in`
}

const months = {
  fi: 'tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta',
  sv: 'januari februari mars april maj juni juli augusti september oktober november december',
  en: 'january february march april may june july august september october november december',
}
const ordinals = {
  fi: 'ensimmäinen toinen kolmas neljäs viides kuudes seitsemäs kahdeksas yhdeksäs kymmenes',
  sv: 'första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde',
  en: 'first second third fourth fifth sixth seventh eighth ninth tenth',
}

function birthday(
  { day, month, year }: { day: number; month: number; year: number },
  language: SpokenLanguage,
  written: boolean,
  chance: Chance,
): string {
  const name = months[language].split(' ')[month - 1]!
  if (written) return language === 'en' ? `${day} ${name} ${year}` : `${day}.${month}.${year}`
  const first = day <= 10 ? ordinals[language].split(' ')[day - 1]! : speakCardinal(day, language)
  const [century, rest] = [Math.floor(year / 100), year % 100]
  const long = {
    fi: speakCardinal(year, 'fi'),
    sv: `${speakCardinal(century, 'sv')}hundra${rest === 0 ? '' : speakCardinal(rest, 'sv')}`,
    en: `${speakCardinal(century, 'en')} ${rest === 0 ? 'hundred' : speakCardinal(rest, 'en')}`,
  }[language]
  const short = rest >= 10 ? speakCardinal(rest, language, true) : long
  return `${first} ${name} ${chance() < 0.5 ? long : short}`
}
