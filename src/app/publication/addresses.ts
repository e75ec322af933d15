import { languages, type Language } from '#description/closed-lists.ts'

/** Paths of the description. Each page has a path for each language, and the path determines the language. */
export const descriptionPaths: Record<Language, string> = {
  fi: '/rekisteriseloste',
  sv: '/registerbeskrivning',
  en: '/register-description',
}
const versionsWord: Record<Language, string> = { fi: 'versiot', sv: 'versioner', en: 'versions' }
export const statementPaths: Record<Language, string> = {
  fi: '/saavutettavuusseloste',
  sv: '/tillganglighetsutlatande',
  en: '/accessibility-statement',
}
export const feedbackPaths: Record<Language, string> = {
  fi: '/saavutettavuuspalaute',
  sv: '/tillganglighetsrespons',
  en: '/accessibility-feedback',
}
/** Last path segment of the page after sending feedback. */
export const receivedWord: Record<Language, string> = { fi: 'vastaanotettu', sv: 'mottagen', en: 'received' }
/** Paths of the administrator's list of feedback. */
export const feedbackListPaths: Record<Language, string> = { fi: '/palaute', sv: '/respons', en: '/feedback' }
/** Paths of the page where callers and officials begin a request (R45). */
export const askingPaths: Record<Language, string> = {
  fi: '/pyynto-puhelusta',
  sv: '/begaran-om-samtal',
  en: '/request-about-a-call',
}
/** Last path segments of that page: identification at the provider, and the answer. */
export const identifyWord: Record<Language, string> = { fi: 'tunnistaudu', sv: 'identifiera', en: 'identify' }
export const answerWord: Record<Language, string> = { fi: 'vastaus', sv: 'svar', en: 'answer' }
/** Path prefix of the style sheets and fonts of these pages. */
export const filesPath = '/publication'

/** Paths of one page in every language. */
export type Addresses = Record<Language, string>

export function everyLanguage(pathOf: (language: Language) => string): Addresses {
  return Object.fromEntries(languages.map((language) => [language, pathOf(language)])) as Addresses
}

export function versionAddresses(version: number): Addresses {
  return everyLanguage((language) => `${descriptionPaths[language]}/${version}`)
}

export function versionsAddresses(): Addresses {
  return everyLanguage((language) => `${descriptionPaths[language]}/${versionsWord[language]}`)
}

/** Returns the language of a path; Finnish if it has none. */
export function languageOf(address: string): Language {
  const families = [descriptionPaths, statementPaths, feedbackPaths, feedbackListPaths, askingPaths]
  return languages.find((language) => families.some((paths) => address.startsWith(paths[language]))) ?? 'fi'
}
