import { languageNames, languages, chooseLanguage } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'

/** Language buttons, each in its own language. */
export function LanguageChoice() {
  const { t, language } = useLanguage()
  return (
    <nav className="languages" aria-label={t('shell.nav.languages')}>
      <ul>
        {languages.map((one) => (
          <li key={one}>
            <button
              type="button"
              lang={one}
              aria-current={one === language ? 'true' : undefined}
              onClick={() => void chooseLanguage(one)}
            >
              {languageNames[one]}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}
