import type { ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { locales } from './language.ts'
import { useLanguage } from './use-words.ts'

/** Passes the chosen locale to React Aria's texts and date fields. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const { language } = useLanguage()
  return <I18nProvider locale={locales[language]}>{children}</I18nProvider>
}
