import { Link } from '@tanstack/react-router'
import { PhoneCall, Search } from 'lucide-react'
import { useLanguage } from '../language/use-words.ts'

const places = [
  { to: '/contacts', word: 'nav.search', Icon: Search },
  { to: '/calls', word: 'nav.live', Icon: PhoneCall },
] as const

/** The screens of the service, on the left; under the header on small screens. */
export function Navigation({ id, isOpen, onNavigate }: { id: string; isOpen: boolean; onNavigate: () => void }) {
  const { say } = useLanguage()
  return (
    <nav id={id} className={`navigation ${isOpen ? 'is-open' : ''}`} aria-label={say('nav.main')}>
      <ul>
        {places.map(({ to, word, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={onNavigate}
              activeOptions={{ includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
            >
              <Icon aria-hidden="true" size={20} />
              {say(word)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
