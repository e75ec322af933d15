import type { Token } from './tokens.ts'
import type { Category, Language } from './word.ts'

/** A phrase that introduces, or asks for, an identifier. */
export interface Phrase {
  category: Category
  /** Indexes of its first token, and of the first token after it. */
  first: number
  next: number
  /** In samples. */
  endsAt: number
  /** True if the phrase is a question, which the other party answers. */
  isQuestion: boolean
  /** True after "minä olen" or "this is": the following words are a name only if they look like one. */
  loose: boolean
  /** True if the name comes before the phrase. */
  isAfterName: boolean
}

interface Pattern {
  category: Category
  pattern: RegExp
  isQuestion: boolean
  loose: boolean
  isAfterName: boolean
}

/** `\w` does not match ä: any letter may follow a stem. */
const anyEnding = '[\\p{L}]*'

/** One row per category and language; `*` is any ending. Words of a phrase may be joined, as recognisers do. */
const identifierPhrases: Partial<Record<Category, Record<Language, string>>> = {
  IDENTITY_CODE: {
    fi: 'henkilö ?tunnu*|henkilötunu*|hetu*|hetun*|sosiaali ?turva ?tunnu*|sotu*|tunnuksen loppu*|loppuosa*|loppu osa*',
    sv: 'person ?beteckning*|person ?numm*|person ?numret|slutsiffr*|social ?skydds ?signum|slutet av beteckning*',
    en: 'identity (?:code|number)*|personal (?:code|number|id)*|social security*|id (?:code|number)|national insurance*',
  },
  ADDRESS: {
    fi: 'osoite|osoit*|katu ?osoit*|koti ?osoit*|asun|asumme|asutte|postinumero*|posti numero*|muutin|muutimme',
    sv: 'adress*|gatuadress*|hemadress*|jag bor|vi bor|bor på|bor i|post ?numm*|post ?numret|flyttade till|flyttat till',
    en: 'address|live at|live on|live in|living at|post ?code|postal code|zip code|moved to',
  },
  PHONE: {
    fi: 'puhelin|puhelin ?numero*|numerosta|numeroon|numeroni|numeronne|kännykkä*|kännykän numero*|tavoittaa|takaisinsoitto*',
    sv: 'telefon|telefon ?numm*|telefon ?numret|mobil ?numm*|mobil ?numret|nås på|nå dig|nå mig|nå er|ringa på|ring mig på|numret är',
    en: 'phone ?number|telephone number|mobile*|call (?:me |you )?(?:back )?(?:on|at)|reach (?:me|you)|number is|cell*',
  },
  ACCOUNT: {
    fi: 'tili ?numero*|tilin numero*|iban*|pankki ?tili*|tilille|tilini',
    sv: 'konto ?numm*|konto ?numret|bank ?konto*|iban*|kontot',
    en: 'account*|bank account*|iban*|sort code',
  },
  BUSINESS_ID: {
    fi: 'y ?tunnu*|yy ?tunnu*|yritystunnu*|yrityksen tunnu*|yrityksen numero*',
    sv: 'fo ?numm*|fo ?numret|företags ?numm*|företagets numm*|organisations ?numm*|organisations ?numret',
    en: 'business id*|business identity*|company number|company id*|vat number',
  },
  CASE_NUMBER: {
    fi: 'diaari*|asia ?numero*|asian numero*|asia ?tunnu*|päätös ?numero*|päätöksen numero*|viite ?numero*|viite|asiakas ?numero*|vero ?numero*|tapaus ?numero*',
    sv: 'ärende ?numm*|ärende ?numret|diarie ?numm*|diarie ?numret|referens ?numm*|referens*|kund ?numm*|kund ?numret|skatte ?numm*',
    en: 'case number|case|reference*|record number|file number|customer number|tax number|decision number',
  },
  PLATE: {
    fi: 'rekisteri ?numero*|rekisteri ?tunnu*|rekkari*|rekkarissa|auton rekisteri*',
    sv: 'register ?numm*|register ?numret|registrerings ?numm*|registrerings ?numret|registerskylt*|regnumm*',
    en: 'registration*|licen[cs]e plate|number plate|plate',
  },
  DATE_OF_BIRTH: {
    fi: 'syntymä ?ai*|syntymä ?päiv*|syntymä ?vuo*|syntynyt|syntyny|synnyin',
    sv: 'född|födelse ?tid*|födelse ?dat*|födelse ?dag*|födelse ?år*|född den',
    en: 'born|date of birth|birth ?date|birth ?day|year of birth',
  },
  OTHER: {
    fi: 'koodi|koodin|tunnusluku|tunnusluvun|pin|pin koodi|salasana|vahvistuskoodi*|passin numero*|asiointitunnus',
    sv: 'kod|koden|pin|pinkod|pin kod|lösenord*|verifieringskod*|passets nummer',
    en: 'pin|pin code|passcode|password|verification code|passport number|code is|code was',
  },
}

const nameIntroductions: Record<Language, string> = {
  fi: 'nimeni on|nimi on|nimeni oli|nimi oli|nimeltä|nimeltään|nimellä|sukunimi on|sukunimi|sukunimeni on|etunimi on|etunimi|etunimeni on|nimeni|tyttönimi|nimiseltä|kirjoitetaan',
  sv: 'jag heter|mitt namn är|namnet är|namn är|efternamnet är|efternamn|förnamn|förnamnet är|heter hon|heter han|hon heter|han heter|som heter|i namnet',
  en: 'my name is|name is|i am called|surname is|last name is|first name is|names is|name was|goes by',
}
const looseNameIntroductions: Record<Language, string> = {
  fi: 'minä olen|mä oon|mä olen|täällä|täällä puhuu|täällä on|puhelimessa|puhuu|tässä on|tässä|herra|rouva|neiti|kiitos|vaimoni|mieheni|vaimo|mies|poikani|tyttäreni|äitini|isäni|soittaa|verohallinto|verohallinnosta|hei|moi|terve|päivää',
  sv: 'jag är|det är|det här är|här är|herr|fru|fröken|tack|min man|min fru|min son|min dotter|min mor|min far|hej|talar|ringer|skatteförvaltningen|hallå',
  en: "this is|i'm|i am|it's|mister|mr|mrs|ms|miss|doctor|thank you|my husband|my wife|my son|my daughter|hello|thanks|tax administration|hi|good morning",
}
/** Phrases after a name: "Virtanen tässä", "Smith speaking". */
const afterName: Record<Language, string> = {
  fi: 'tässä|täällä|puhelimessa|soittaa|puhuu',
  sv: 'här|i telefonen|ringer',
  en: 'speaking|here|calling',
}
const asksName: Record<Language, string> = {
  fi: 'nimenne|mikä (?:on )?(?:teidän )?nimi|mikä nimi|saisinko nimen|saanko nimen|kuka siellä|kuka soittaa|kenen kanssa|kenestä on kyse|koko nimi|koko nimenne',
  sv: 'vad heter|ert namn|ditt namn|vad är namnet|får jag namnet|vem talar|vem är det|fullständiga namn|hela namnet',
  en: "your name|your full name|who am i speaking|what's the name|who is calling|who's calling|may i have the name|name please",
}

const patterns: Record<Language, readonly Pattern[]> = {
  fi: patternsOf('fi'),
  sv: patternsOf('sv'),
  en: patternsOf('en'),
}

function patternsOf(language: Language): Pattern[] {
  const categories = Object.entries(identifierPhrases).map(([category, phrases]) => ({
    category: category as Category,
    pattern: compile(phrases[language]),
    isQuestion: true,
    loose: false,
    isAfterName: false,
  }))
  return [
    ...categories,
    {
      category: 'NAME',
      pattern: compile(nameIntroductions[language]),
      isQuestion: false,
      loose: false,
      isAfterName: false,
    },
    {
      category: 'NAME',
      pattern: compile(looseNameIntroductions[language]),
      isQuestion: false,
      loose: true,
      isAfterName: false,
    },
    { category: 'NAME', pattern: compile(afterName[language]), isQuestion: false, loose: true, isAfterName: true },
    { category: 'NAME', pattern: compile(asksName[language]), isQuestion: true, loose: false, isAfterName: false },
  ]
}

function compile(phrases: string): RegExp {
  return new RegExp(`(?<=^| )(?:${phrases.replaceAll('*', anyEnding)})(?= |$)`, 'gu')
}

/** Finds phrases in a track's tokens in one language, ordered by their ends. */
export function phrasesIn(tokens: readonly Token[], language: Language): Phrase[] {
  const starts: number[] = []
  let text = ''
  for (const token of tokens) {
    starts.push(text.length)
    text += `${token.text} `
  }
  const found = patterns[language].flatMap(({ pattern, ...kind }) =>
    [...text.matchAll(pattern)].map((match) => {
      const end = match.index + match[0].length
      const first = starts.findLastIndex((start) => start <= match.index)
      const after = starts.findIndex((start) => start > end - 1)
      const next = after < 0 ? tokens.length : after
      return { ...kind, first, next, endsAt: tokens[next - 1]?.to ?? 0 }
    }),
  )
  return found.sort((one, other) => one.endsAt - other.endsAt)
}

const phraseWords = new Map<string, boolean>()

/** Returns true if the word alone is one of these phrases, and so neither a name nor a digit. */
export function isPhraseWord(token: Token): boolean {
  const key = `${token.language} ${token.text}`
  const known = phraseWords.get(key)
  if (known !== undefined) return known
  if (phraseWords.size > 5000) phraseWords.clear()
  const found = phrasesIn([token], token.language).length > 0
  phraseWords.set(key, found)
  return found
}
