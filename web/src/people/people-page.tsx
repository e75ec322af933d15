import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { FileUp, UserRoundPlus } from 'lucide-react'
import { FoundList } from '../controls/found-list.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { readPeopleFilters } from './filters.ts'
import { PeopleForm } from './people-form.tsx'
import { PeopleList } from './people-list.tsx'
import { usePeople } from './use-people.ts'

/** The directory of persons, filtered by the URL. */
export function PeoplePage() {
  const { t, language } = useLanguage()
  const filters = useSearch({ from: '/people', select: readPeopleFilters, structuralSharing: true })
  const navigate = useNavigate()
  const found = usePeople(filters)

  const shown = found.people.length
  const total = formatCount(found.total, language)
  const summary = found.hasNextPage
    ? t('people.shown', { shown: formatCount(shown, language), total })
    : t('people.all', { count: found.total, total })

  return (
    <Page
      title={t('people.title')}
      lead={t('people.lead')}
      aside={
        found.mayChange && (
          <div className="actions">
            <Link to="/people/import" className="button button-secondary">
              <FileUp aria-hidden="true" size={18} />
              {t('people.import')}
            </Link>
            <Link to="/people/new" className="button button-primary">
              <UserRoundPlus aria-hidden="true" size={18} />
              {t('people.enter')}
            </Link>
          </div>
        )
      }
    >
      <PeopleForm
        filters={filters}
        onSearch={(next) => {
          if (JSON.stringify(next) === JSON.stringify(filters)) void found.refetch()
          else void navigate({ to: '/people', search: next })
        }}
      />
      <FoundList
        title={t('people.found')}
        found={found}
        shown={shown}
        summary={summary}
        none={t('people.none')}
        hint={t('people.none.hint')}
      >
        <PeopleList people={found.people} />
      </FoundList>
    </Page>
  )
}
