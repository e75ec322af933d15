import { useTranslation } from 'react-i18next'
import type { Named } from '../api/shapes.ts'
import { languages, locales, type Language } from './language.ts'
import type { Words } from './words.ts'

type Singular<K> = K extends `${infer Base}_zero` | `${infer Base}_one` | `${infer Base}_other` ? Base : K
/** Text key; plurals without their suffix. */
export type Word = Singular<Words>
export type Translate = (key: Word, values?: Record<string, string | number>) => string

/** Returns the chosen language and its texts. */
export function useLanguage(): { language: Language; locale: string; t: Translate; named: (name: Named) => string } {
  const { t, i18n } = useTranslation()
  const language = languages.find((one) => one === i18n.language) ?? 'fi'
  const translate: Translate = (key, values) => (t as unknown as Translate)(key, values)
  return { language, locale: locales[language], t: translate, named: (name) => name[language] }
}
