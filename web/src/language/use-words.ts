import { useSyncExternalStore } from 'react'
import type { Named } from '../api/shapes.ts'
import { locales, shownLanguage, subscribeToLanguage, translationOf, type Language } from './language.ts'
import type { Words } from './words.ts'

type Singular<K> = K extends `${infer Base}_zero` | `${infer Base}_one` | `${infer Base}_other` ? Base : K
/** Text key; plurals without their suffix. */
export type Word = Singular<Words>
export type Translate = (key: Word, values?: Record<string, string | number>) => string

/** Returns the chosen language and its texts. */
export function useLanguage(): { language: Language; locale: string; t: Translate; named: (name: Named) => string } {
  const language = useSyncExternalStore(subscribeToLanguage, shownLanguage)
  return { language, locale: locales[language], t: translationOf(language), named: (name) => name[language] }
}
