/** The three languages: the person's choice, the locale of dates and numbers, and the texts that were loaded so far. */
import { languageKey } from '../api/machine-storage.ts'
import { translateWith, type Texts } from './texts.ts'

export const languages = ['fi', 'sv', 'en'] as const
export type Language = (typeof languages)[number]

/** Each language's own name, and its locale with Finland as region. */
export const languageNames: Record<Language, string> = { fi: 'Suomi', sv: 'Svenska', en: 'English' }
export const locales: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }

type Translation = ReturnType<typeof translateWith>
/** Loads a part's texts, by language. */
type TextsOf = Record<Language, () => Promise<{ default: Texts }>>

const startTexts: TextsOf = {
  fi: () => import('virtual:texts/start/fi'),
  sv: () => import('virtual:texts/start/sv'),
  en: () => import('virtual:texts/start/en'),
}
/** Parts whose texts are needed in a language before it is shown. */
const parts = new Set([startTexts])
const texts: Record<Language, Record<string, string>> = { fi: {}, sv: {}, en: {} }
const translations: Record<Language, Translation> = {
  fi: translateWith(texts.fi, 'fi'),
  sv: translateWith(texts.sv, 'sv'),
  en: translateWith(texts.en, 'en'),
}
const listeners = new Set<() => void>()
let shown: Language = 'fi'
/** The language chosen last. Equal to `shown` once its texts are loaded. */
let wanted: Language = shown

/** Starts with the stored language, or Finnish. */
export async function startLanguages(): Promise<void> {
  await showLanguage(chosenLanguage())
}

/** Changes the page's language and stores it on this machine. */
export async function chooseLanguage(language: Language): Promise<void> {
  window.localStorage.setItem(languageKey, language)
  await showLanguage(language)
}

/** Changes the page's language temporarily, for a guest at this machine. */
export async function showLanguage(language: Language): Promise<void> {
  wanted = language
  await Promise.all([...parts].map((part) => load(part, language)))
  if (wanted !== language) return
  shown = language
  document.documentElement.lang = language
  for (const listener of listeners) listener()
}

/** Restores the language stored on this machine. */
export async function showChosenLanguage(): Promise<void> {
  await showLanguage(chosenLanguage())
}

/**
 * Loads a part of the program with its texts. The build puts it around each import of a part (texts-plugin.ts).
 * @public
 */
export async function withTexts<Part>(textsOf: TextsOf, loadPart: () => Promise<Part>): Promise<Part> {
  parts.add(textsOf)
  const [part] = await Promise.all([loadPart(), load(textsOf, shown), load(textsOf, wanted)])
  return part
}

/** Returns the language that is shown. */
export function shownLanguage(): Language {
  return shown
}

export function subscribeToLanguage(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Returns the texts of a language, loaded so far and later. */
export function translationOf(language: Language): Translation {
  return translations[language]
}

/** Returns what follows a key in the keys below it, of the texts that were loaded so far, in the catalogue's order. */
export function keysBelow(key: string): string[] {
  const start = `${key}.`
  return Object.keys(texts[shown]).flatMap((one) => (one.startsWith(start) ? one.slice(start.length) : []))
}

async function load(part: TextsOf, language: Language): Promise<void> {
  Object.assign(texts[language], (await part[language]()).default)
}

function chosenLanguage(): Language {
  const stored = window.localStorage.getItem(languageKey)
  return languages.find((one) => one === stored) ?? 'fi'
}
