import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { FoundList } from '../controls/found-list.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurpose } from '../session/purpose.tsx'
import { Page } from '../shell/page.tsx'
import { readFilters, searchAt, shownAt } from './filters.ts'
import { Results } from './results.tsx'
import { SearchForm } from './search-form.tsx'
import { rememberSearch } from './last-search.ts'
import { countedUpTo, useContacts } from './use-contacts.ts'

/** Haku: the contact history, filtered by the address and by the caller's number, which is not in the address. */
export function SearchPage() {
  const { t, language } = useLanguage()
  // The router passes all search parameters; only filters are used.
  const address = useSearch({ from: '/contacts', select: readFilters, structuralSharing: true })
  const sought = useLocation({ select: ({ state }) => state.sought })
  const filters = useMemo(() => shownAt(address, sought), [address, sought])
  const navigate = useNavigate()
  const under = usePurpose()
  const found = useContacts(under, filters)
  useEffect(() => rememberSearch(filters), [filters])

  const shown = found.contacts.length
  const total = formatCount(found.approximateTotal, language)
  const summary =
    found.approximateTotal >= countedUpTo
      ? t('contacts.results.about', { shown: formatCount(shown, language), total })
      : found.hasNextPage
        ? t('contacts.results.exact', { shown: formatCount(shown, language), total })
        : t('contacts.results.all', { total: formatCount(shown, language), count: shown })

  return (
    <Page title={t('contacts.search.title')} lead={t('contacts.search.lead')}>
      <SearchForm
        filters={filters}
        onSearch={(next) => {
          if (JSON.stringify(next) === JSON.stringify(filters)) void found.refetch()
          else void navigate(searchAt(next))
        }}
      />
      <FoundList
        title={t('contacts.results.title')}
        found={found}
        shown={shown}
        summary={summary}
        none={t('contacts.results.none')}
        hint={t('contacts.results.none.hint')}
        end={t('contacts.results.end')}
      >
        <Results contacts={found.contacts} />
      </FoundList>
    </Page>
  )
}
