import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowDown, FileUp, UserRoundPlus } from 'lucide-react'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import '../styles/people.css'
import '../styles/search.css'
import { readPeopleFilters } from './filters.ts'
import { PeopleForm } from './people-form.tsx'
import { PeopleList } from './people-list.tsx'
import { usePeople } from './use-people.ts'

/** The directory: who answers, filtered by what stands in the address. */
export function PeoplePage() {
  const { say, language } = useLanguage()
  const filters = useSearch({ from: '/people', select: readPeopleFilters, structuralSharing: true })
  const navigate = useNavigate()
  const found = usePeople(filters)
  const list = useRef<HTMLDivElement>(null)
  const focusFrom = useRef<number>(undefined)

  const shown = found.people.length
  const total = formatCount(found.total, language)
  const summary = found.hasNextPage
    ? say('people.shown', { shown: formatCount(shown, language), total })
    : say('people.all', { count: found.total, total })

  const tell = useEffectEvent(() => announce(shown === 0 ? say('people.none') : summary))
  useEffect(() => {
    if (found.isSuccess && !found.isFetching) tell()
  }, [found.isSuccess, found.isFetching, shown])

  useEffect(() => {
    // After "show more" the focus goes on from where the list ended.
    if (focusFrom.current == null || found.isFetchingNextPage || shown <= focusFrom.current) return
    list.current?.querySelectorAll<HTMLElement>('a[data-person]')[focusFrom.current]?.focus()
    focusFrom.current = undefined
  }, [found.isFetchingNextPage, shown])

  return (
    <Page
      title={say('people.title')}
      lead={say('people.lead')}
      aside={
        found.mayChange && (
          <div className="actions">
            <Link to="/people/import" className="button button-secondary">
              <FileUp aria-hidden="true" size={18} />
              {say('people.import')}
            </Link>
            <Link to="/people/new" className="button button-primary">
              <UserRoundPlus aria-hidden="true" size={18} />
              {say('people.enter')}
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
      <section aria-labelledby="people-found" className="results-section" aria-busy={found.isFetching}>
        <div className="results-head">
          <h2 id="people-found">{say('people.found')}</h2>
          {shown > 0 && <p className="results-count">{summary}</p>}
        </div>
        {found.isPending && <Waiting lines={8} />}
        {found.isError && <Failure error={found.error} onAgain={() => void found.refetch()} />}
        {found.isSuccess && shown === 0 && (
          <Notice kind="info" title={say('people.none')}>
            {say('people.none.hint')}
          </Notice>
        )}
        {shown > 0 && (
          <div ref={list} className={found.isFetching && !found.isFetchingNextPage ? 'is-stale' : ''}>
            <PeopleList people={found.people} />
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
      </section>
    </Page>
  )
}
