import { Link, useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { DirectoryChanges } from './directory-changes.tsx'
import { ChangeForm } from './change-form.tsx'
import { PersonFacts } from './person-facts.tsx'
import { PersonHistory } from './person-history.tsx'
import { PersonSignIn } from './person-sign-in.tsx'

/** One person: current attributes, possible changes, and history. */
export function PersonPage() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/people/$id' })
  const mayChange = hasRole(useMe(), 'ADMINISTRATOR')
  const query = $api.useQuery('get', '/api/people/{id}', { params: { path: { id } } })
  const { data: person } = query
  const crumbs = [{ label: t('people.title'), to: '/people' as const }]
  return (
    <Page
      title={person?.name ?? t('people.person.title')}
      crumbs={crumbs}
      aside={
        <Link to="/rights/people/$id" params={{ id }} className="button button-secondary">
          {t('rights.title')}
        </Link>
      }
    >
      <Loaded query={query} />
      {person && (
        <>
          {person.source === 'scim' && <Notice kind="info">{t('people.person.source.scim.note')}</Notice>}
          <PersonFacts person={person} />
          {mayChange && <DirectoryChanges person={person.id} />}
          {mayChange && <PersonSignIn key={person.id} id={person.id} name={person.name} />}
          <div className={mayChange ? 'person-columns' : undefined}>
            <PersonHistory person={person} />
            {mayChange && <ChangeForm key={person.id} person={person} />}
          </div>
        </>
      )}
    </Page>
  )
}
