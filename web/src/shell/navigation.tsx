import { Link } from '@tanstack/react-router'
import { BookOpenText, Inbox, MessageSquareText, TriangleAlert } from 'lucide-react'
import { Fragment } from 'react'
import type { Me } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import { useQueue } from '../requests/use-queue.ts'
import { publicPages } from './public-pages.ts'
import { administers, hasScreensBelow, screensOf, type Screen } from './screens.ts'
import { useBrokenPromises } from './use-evidence.ts'

/** Pages that this person uses: on the left, or under the header on small screens. */
export function Navigation({
  me,
  id,
  isOpen,
  onNavigate,
}: {
  me: Me
  id: string
  isOpen: boolean
  onNavigate: () => void
}) {
  const { t, language } = useLanguage()
  const linkTo = (screen: Screen) =>
    screen.to === '/requests' ? (
      <Requests key={screen.to} me={me} onNavigate={onNavigate} />
    ) : (
      <li key={screen.to}>
        <Link
          to={screen.to}
          onClick={onNavigate}
          activeOptions={{ includeSearch: false, exact: hasScreensBelow(screen) }}
          activeProps={{ 'aria-current': 'page' }}
        >
          <screen.Icon aria-hidden="true" size={20} />
          {t(screen.word)}
        </Link>
      </li>
    )
  return (
    <nav id={id} className={`navigation ${isOpen ? 'is-open' : ''}`} aria-label={t('shell.nav.main')}>
      {screensOf(me).map(({ heading, screens }) => {
        const title = heading?.replace('.', '-')
        return (
          <Fragment key={heading ?? 'first'}>
            {heading && (
              <p id={title} className="navigation-heading">
                {t(heading)}
              </p>
            )}
            <ul aria-labelledby={title}>
              {heading === 'shell.nav.description' && <PublicDescription />}
              {screens.map(linkTo)}
              {heading === 'shell.nav.description' && administers(me) && (
                <li>
                  <a href={publicPages.feedback[language]}>
                    <MessageSquareText aria-hidden="true" size={20} />
                    {t('shell.nav.feedback')}
                  </a>
                </li>
              )}
            </ul>
          </Fragment>
        )
      })}
    </nav>
  )
}

/** Link to the Service Unit’s queue, with the number of urgent requests. */
function Requests({ me, onNavigate }: { me: Me; onNavigate: () => void }) {
  const { t } = useLanguage()
  const counts = useQueue({}, me).data?.counts
  const urgentCount = counts ? Math.max(counts.urgent, counts.overdue) : 0
  return (
    <li>
      <Link
        to="/requests"
        onClick={onNavigate}
        activeOptions={{ includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
      >
        <Inbox aria-hidden="true" size={20} />
        <span className="navigation-words">
          {t('requests.title')}
          {urgentCount > 0 && (
            <span className="navigation-mark">
              <TriangleAlert aria-hidden="true" size={16} />
              {t('requests.pressing', { count: urgentCount })}
            </span>
          )}
        </span>
      </Link>
    </li>
  )
}

/** Link to the public page, with a mark if a promise is broken. */
function PublicDescription() {
  const { t, language } = useLanguage()
  const broken = useBrokenPromises()
  return (
    <li>
      <a href={publicPages.description[language]} className={broken > 0 ? 'is-broken' : undefined}>
        <BookOpenText aria-hidden="true" size={20} />
        <span className="navigation-words">
          {t('shell.nav.public')}
          {broken > 0 && (
            <span className="navigation-mark">
              <TriangleAlert aria-hidden="true" size={16} />
              {t('shell.nav.public.broken', { count: broken })}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}
