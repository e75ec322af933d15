import { useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowDown } from 'lucide-react'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurpose } from '../session/purpose.tsx'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import '../styles/search.css'
import { readFilters } from './filters.ts'
import { Results } from './results.tsx'
import { SearchForm } from './search-form.tsx'
import { rememberSearch } from './last-search.ts'
import { useContacts } from './use-contacts.ts'

const exactUpTo = 1000

/** Haku: the contact history, filtered by what stands in the address. */
export function SearchPage() {
  const { say, language } = useLanguage()
  // The router hands on what the address said besides; only filters count.
  const filters = useSearch({ from: '/contacts', select: readFilters, structuralSharing: true })
  const navigate = useNavigate()
  const under = usePurpose()
  const found = useContacts(under, filters)
  useEffect(() => rememberSearch(filters), [filters])
  const list = useRef<HTMLDivElement>(null)
  const focusFrom = useRef<number>(undefined)

  const shown = found.contacts.length
  const total = formatCount(found.approximateTotal, language)
  const summary =
    found.approximateTotal > exactUpTo
      ? say('results.about', { shown: formatCount(shown, language), total })
      : found.hasNextPage
        ? say('results.exact', { shown: formatCount(shown, language), total })
        : say('results.all', { total: formatCount(shown, language), count: shown })

  const tell = useEffectEvent(() => announce(shown === 0 ? say('results.none') : summary))
  useEffect(() => {
    if (found.isSuccess && !found.isFetching) tell()
  }, [found.isSuccess, found.isFetching, shown])

  useEffect(() => {
    // After "show more" the focus goes on from where the list ended.
    if (focusFrom.current == null || found.isFetchingNextPage || shown <= focusFrom.current) return
    list.current?.querySelectorAll<HTMLElement>('a[data-contact]')[focusFrom.current]?.focus()
    focusFrom.current = undefined
  }, [found.isFetchingNextPage, shown])

  return (
    <Page title={say('search.title')} lead={say('search.lead')}>
      <SearchForm
        filters={filters}
        onSearch={(next) => {
          if (JSON.stringify(next) === JSON.stringify(filters)) void found.refetch()
          else void navigate({ to: '/contacts', search: next })
        }}
      />
      <section aria-labelledby="results-title" className="results-section" aria-busy={found.isFetching}>
        <div className="results-head">
          <h2 id="results-title">{say('results.title')}</h2>
          {shown > 0 && <p className="results-count">{summary}</p>}
        </div>
        {found.isPending && <Waiting lines={8} />}
        {found.isError && <Failure error={found.error} onAgain={() => void found.refetch()} />}
        {found.isSuccess && shown === 0 && (
          <Notice kind="info" title={say('results.none')}>
            {say('results.none.hint')}
          </Notice>
        )}
        {shown > 0 && (
          <div ref={list} className={found.isFetching && !found.isFetchingNextPage ? 'is-stale' : ''}>
            <Results contacts={found.contacts} />
          </div>
        )}
        {found.hasNextPage && (
          <div className="more">
            <Button
              kind="secondary"
              isBusy={found.isFetchingNextPage}
              onPress={() => {
                focusFrom.current = shown
                void found.fetchNextPage()
              }}
            >
              <ArrowDown aria-hidden="true" size={18} />
              {say(found.isFetchingNextPage ? 'loading' : 'results.more')}
            </Button>
          </div>
        )}
        {found.isSuccess && shown > 0 && !found.hasNextPage && (
          <p className="muted results-end">{say('results.end')}</p>
        )}
      </section>
    </Page>
  )
}
