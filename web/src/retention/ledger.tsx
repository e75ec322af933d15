import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowDown, CircleCheck, CircleX } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { causeText, ledgerKindText } from './retention-words.ts'
import type { LedgerEntry } from './retention-shapes.ts'

const pageSize = 20

/** The destruction ledger: every destruction, its places and cause; no content, append-only (R52). */
export function Ledger() {
  const { t } = useLanguage()
  const found = useInfiniteQuery({
    queryKey: ['ledger'],
    initialPageParam: undefined as number | undefined,
    staleTime: 0,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: pageSize, ...(pageParam !== undefined && { before: pageParam }) }
      const { data, error } = await api.GET('/api/retention/ledger', { params: { query }, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
  })
  const entries = found.data?.pages.flatMap((page) => page.items) ?? []
  const list = useRef<HTMLDivElement>(null)
  const resumeFrom = useRef<number>(undefined)
  useEffect(() => {
    // After "show more" the focus moves to the first new row.
    const from = resumeFrom.current
    if (from === undefined || found.isFetchingNextPage || entries.length <= from) return
    resumeFrom.current = undefined
    list.current?.querySelectorAll<HTMLElement>('tbody th')[from]?.focus()
    announce(t('retention.ledger.shown', { count: entries.length }))
  }, [found.isFetchingNextPage, entries.length, t])
  return (
    <section aria-labelledby="retention-ledger" className="plan-section" aria-busy={found.isFetching}>
      <h2 id="retention-ledger">{t('retention.ledger.title')}</h2>
      <p className="plan-explained">{t('retention.ledger.what')}</p>
      {found.isPending && <Waiting lines={6} />}
      {found.isError && <Failure error={found.error} onAgain={() => void found.refetch()} />}
      {found.isSuccess && entries.length === 0 && <p className="muted">{t('retention.ledger.none')}</p>}
      {entries.length > 0 && (
        <div ref={list} className="panel scroll" tabIndex={0} role="group" aria-labelledby="retention-ledger">
          <Entries entries={entries} />
        </div>
      )}
      {found.hasNextPage && (
        <div className="actions">
          <Button
            kind="secondary"
            isBusy={found.isFetchingNextPage}
            onPress={() => {
              resumeFrom.current = entries.length
              void found.fetchNextPage()
            }}
          >
            <ArrowDown aria-hidden="true" size={18} />
            {t(found.isFetchingNextPage ? 'shell.loading' : 'contacts.results.more')}
          </Button>
        </div>
      )}
    </section>
  )
}

function Entries({ entries }: { entries: readonly LedgerEntry[] }) {
  const { t, language } = useLanguage()
  return (
    <table className="table ledger-table">
      <thead>
        <tr>
          <th scope="col">{t('retention.ledger.seq')}</th>
          <th scope="col">{t('retention.ledger.at')}</th>
          <th scope="col">{t('retention.ledger.kind')}</th>
          <th scope="col">{t('retention.ledger.cause')}</th>
          <th scope="col">{t('retention.ledger.places')}</th>
          <th scope="col" className="numeric">
            {t('retention.ledger.receipts')}
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <th scope="row" tabIndex={-1} className="nowrap">
              {formatCount(entry.seq, language)}
            </th>
            <td className="nowrap">{formatInstant(entry.at, language)}</td>
            <td>
              {ledgerKindText(entry.kind, t)}
              {entry.objectId !== '' && <span className="second ledger-id">{entry.objectId}</span>}
            </td>
            <td>{entry.kind === 'other' ? '–' : causeText(entry.cause, t)}</td>
            <td>
              <ReachedPlaces places={entry.places} />
            </td>
            <td className="numeric">{formatCount(entry.keyReceipts, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Places of copies, and whether the copy in each is destroyed: icon and text. */
export function ReachedPlaces({ places }: { places: LedgerEntry['places'] }) {
  const { t } = useLanguage()
  if (places.length === 0) return '–'
  return (
    <ul className="plain-list">
      {places.map(({ name, reached }) => (
        <li key={name} className={`reached-${reached ? 'yes' : 'no'}`}>
          {reached ? <CircleCheck aria-hidden="true" size={16} /> : <CircleX aria-hidden="true" size={16} />}
          <span>
            {name}
            <span className={reached ? 'visually-hidden' : undefined}>
              : {t(reached ? 'retention.ledger.reached' : 'retention.ledger.notReached')}
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}
