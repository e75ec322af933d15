import { Link, useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { ChartColumn, FilePlus } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import type { RequestQueue } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { SearchButtons } from '../controls/search-buttons.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { queueUrl, queueFiltersOfUrl, readQueue, type QueueFilters } from './queue.ts'
import { HomeRequests } from './home-requests.tsx'
import { AffectedRequests } from './affected-requests.tsx'
import { QueueList } from './queue-list.tsx'
import { useQueue } from './use-queue.ts'

/** Queue of the Service Unit, most urgent first. */
export function RequestsPage() {
  const { t } = useLanguage()
  const address = useSearch({ from: '/requests', select: readQueue, structuralSharing: true })
  const searchWordsKey = useLocation({ select: ({ state }) => state.searchWordsKey })
  const filters = queueFiltersOfUrl(address, searchWordsKey)
  const me = useMe()
  const { data, error, isPending, refetch } = useQueue(filters, me)
  const isClosed = filters.state === 'closed'
  const shown = data?.items.length
  const summary = t(isClosed ? 'requests.told.closed' : 'requests.told.open', { count: shown ?? 0 })
  const announceNow = useEffectEvent(() => announce(shown === 0 ? t('requests.none') : summary))
  useEffect(() => {
    if (shown !== undefined) announceNow()
  }, [shown, address, searchWordsKey])

  return (
    <Page
      title={t('requests.title')}
      aside={
        <div className="actions">
          <Link to="/requests/statistics" className="button button-secondary">
            <ChartColumn aria-hidden="true" size={18} />
            {t('requests.statistics')}
          </Link>
          <Link to="/requests/new" className="button button-primary">
            <FilePlus aria-hidden="true" size={18} />
            {t('requests.enter')}
          </Link>
        </div>
      }
    >
      {data && <UrgentCounts counts={data.counts} />}
      <AffectedRequests me={me} />
      <HomeRequests me={me} />
      <Switcher filters={filters} counts={data?.counts} />
      <FindForm filters={filters} />
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && (
        <section className="results-section" aria-labelledby="requests-found">
          <div className="results-head">
            <h2 id="requests-found">{t('requests.found')}</h2>
            {data.items.length > 0 && <p className="results-count">{summary}</p>}
          </div>
          {data.items.length === 0 ? (
            <Notice kind="info" title={t('requests.none')}>
              {t(filters.find ? 'requests.none.find' : 'requests.none.hint')}
            </Notice>
          ) : (
            <QueueList requests={data.items} isClosed={isClosed} />
          )}
        </section>
      )}
    </Page>
  )
}

/** Overdue and urgent requests and unsent letters, in words; renders nothing if there are none. */
function UrgentCounts({ counts }: { counts: RequestQueue['counts'] }) {
  const { t } = useLanguage()
  const text = [
    counts.overdue > 0 && t('requests.waiting.overdue', { count: counts.overdue }),
    counts.urgent > 0 && t('requests.waiting.urgent', { count: counts.urgent }),
    counts.letters > 0 && t('requests.waiting.letters', { count: counts.letters }),
  ].filter((one) => one !== false)
  if (text.length === 0) return null
  return (
    <Notice kind={counts.overdue > 0 || counts.urgent > 0 ? 'warning' : 'info'}>
      {text.length === 1 ? (
        <p>{text[0]}</p>
      ) : (
        <ul>
          {text.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}

function Switcher({ filters, counts }: { filters: QueueFilters; counts: RequestQueue['counts'] | undefined }) {
  const { t, language } = useLanguage()
  const find = filters.find === undefined ? {} : { find: filters.find }
  const links: { to: QueueFilters; label: string; count?: number | undefined }[] = [
    { to: {}, label: t('requests.open'), count: counts?.open },
    { to: { whose: 'mine' }, label: t('requests.mine'), count: counts?.mine },
    { to: { whose: 'nobodys' }, label: t('requests.nobodys'), count: counts?.nobodys },
    { to: { state: 'closed' }, label: t('requests.closed') },
  ]
  return (
    <nav aria-label={t('requests.which')} className="switcher">
      <ul>
        {links.map(({ to, label, count }) => (
          <li key={label}>
            <Link
              {...queueUrl({ ...to, ...find })}
              activeOptions={exactUrlMatch}
              aria-current={to.state === filters.state && to.whose === filters.whose ? 'true' : undefined}
            >
              {label}
              {count !== undefined && ` (${formatCount(count, language)})`}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function FindForm({ filters }: { filters: QueueFilters }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const [find, setFind] = useState(filters.find ?? '')
  const [seen, setSeen] = useState(filters.find)
  if (seen !== filters.find) {
    setSeen(filters.find)
    setFind(filters.find ?? '')
  }
  const navigateTo = (searchText: string) => void navigate(queueUrl({ ...filters, find: searchText }))
  return (
    <SubmitForm
      className="request-find"
      role="search"
      aria-label={t('requests.find')}
      onSubmit={() => navigateTo(find)}
    >
      <Field
        label={t('requests.find')}
        value={find}
        onChange={setFind}
        maxLength={200}
        autoComplete="off"
        spellCheck="false"
      />
      <SearchButtons
        isMain={false}
        onClear={
          filters.find
            ? () => {
                setFind('')
                navigateTo('')
              }
            : undefined
        }
      />
    </SubmitForm>
  )
}
