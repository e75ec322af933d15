/** The three languages: the person's choice, and the locale of dates and numbers. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { languageKey } from '../api/machine-storage.ts'

export const languages = ['fi', 'sv', 'en'] as const
export type Language = (typeof languages)[number]

/** Each language's own name, and its locale with Finland as region. */
export const languageNames: Record<Language, string> = { fi: 'Suomi', sv: 'Svenska', en: 'English' }
export const locales: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }

const dictionaries: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  fi: () => import('virtual:texts/fi'),
  sv: () => import('virtual:texts/sv'),
  en: () => import('virtual:texts/en'),
}

/** Starts with the stored language, or Finnish. */
export async function startLanguages(): Promise<void> {
  const language = chosenLanguage()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    // Keys are flat: "error.deny.own" is one key, not three levels.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { [language]: { translation: (await dictionaries[language]()).default } },
  })
  document.documentElement.lang = language
}

/** Changes the page's language and stores it on this machine. */
export async function chooseLanguage(language: Language): Promise<void> {
  window.localStorage.setItem(languageKey, language)
  await showLanguage(language)
}

/** Changes the page's language temporarily, for a guest at this machine. */
export async function showLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', (await dictionaries[language]()).default)
  }
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

/** Restores the language stored on this machine. */
export async function showChosenLanguage(): Promise<void> {
  await showLanguage(chosenLanguage())
}

function chosenLanguage(): Language {
  const stored = window.localStorage.getItem(languageKey)
  return languages.find((one) => one === stored) ?? 'fi'
}
