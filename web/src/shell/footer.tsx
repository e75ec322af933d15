import { useLanguage } from '../language/use-words.ts'
import { publicPages } from './public-pages.ts'

/** Footer of every page, including the sign-in page: public pages (R1, L34). */
export function Footer() {
  const { t, language } = useLanguage()
  return (
    <footer className="footer">
      <nav aria-label={t('shell.footer.label')}>
        <ul>
          <li>
            <a href={publicPages.description[language]}>{t('shell.nav.public')}</a>
          </li>
          <li>
            <a href={publicPages.accessibility[language]}>{t('shell.footer.accessibility')}</a>
          </li>
        </ul>
      </nav>
    </footer>
  )
}
