import { useLanguage } from '../language/use-words.ts'
import { publicPages } from './public-pages.ts'

/** At the foot of every page, the sign-in page too: what anyone may read (R1, L34). */
export function Footer() {
  const { say, language } = useLanguage()
  return (
    <footer className="footer">
      <nav aria-label={say('shell.footer.label')}>
        <ul>
          <li>
            <a href={publicPages.description[language]}>{say('shell.nav.public')}</a>
          </li>
          <li>
            <a href={publicPages.accessibility[language]}>{say('shell.footer.accessibility')}</a>
          </li>
        </ul>
      </nav>
    </footer>
  )
}
