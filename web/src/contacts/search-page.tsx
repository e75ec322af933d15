import { lastDigitsOf } from '../../../src/app/http/contract/contact-filters.ts'
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ToggleButton } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { FoundList } from '../controls/found-list.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePresence } from '../session/use-presence.ts'
import { usePurpose } from '../session/purpose.tsx'
import { Page } from '../shell/page.tsx'
import { useWide } from '../shell/use-wide.ts'
import type { Playable } from './cells.tsx'
import { ColumnChoice } from './column-choice.tsx'
import {
  inOrder,
  isByTime,
  isOldestFirst,
  newestFirst,
  oldestFirst,
  maxSortableResults,
  storeColumns,
  storedColumns,
  storedOrder,
  storeOrder,
  type Order,
  type OrderName,
} from './columns.ts'
import { readFilters, searchUrl, filtersOfUrl } from './filters.ts'
import { PickBar, picksSeveral } from './pick-bar.tsx'
import { playNoteId } from './play-badge.tsx'
import { PlayerDock } from './player-dock.tsx'
import { Results, tableFrom } from './results.tsx'
import { NamedSearches } from './named-searches.tsx'
import { SearchForm } from './search-form.tsx'
import { rememberSearch } from './last-search.ts'
import { countedUpTo, useContacts } from './use-contacts.ts'

/** Haku: the contact history, filtered by the URL and by the caller's number, which is not in the URL. */
export function SearchPage() {
  const { t, language } = useLanguage()
  // The router passes all search parameters; only filters are used.
  const address = useSearch({ from: '/contacts', select: readFilters, structuralSharing: true })
  const searchWordsKey = useLocation({ select: ({ state }) => state.searchWordsKey })
  const filters = useMemo(() => filtersOfUrl(address, searchWordsKey), [address, searchWordsKey])
  const navigate = useNavigate()
  const under = usePurpose()
  const [order, setOrder] = useState(storedOrder)
  const [columns, setColumns] = useState(storedColumns)
  const found = useContacts(under, filters, {
    order: isOldestFirst(order) ? 'oldest' : 'newest',
    limit: isByTime(order) ? undefined : maxSortableResults,
  })
  const isOrderable = found.isSuccess && found.approximateTotal <= maxSortableResults
  const isWhole = isOrderable && !found.hasNextPage
  const contacts = useMemo(
    () => (isWhole && !isByTime(order) ? inOrder(found.contacts, order, language) : found.contacts),
    [isWhole, found.contacts, order, language],
  )
  const [playing, setPlaying] = useState<Playable>()
  const presence = usePresence()
  const me = presence.state === 'signed-in' ? presence.me : undefined
  const mayPick = me !== undefined && picksSeveral(me, under)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const picks = {
    chosen,
    onPick: (recordingId: string, isChosen: boolean) =>
      setChosen((before) => [...before.filter((one) => one !== recordingId), ...(isChosen ? [recordingId] : [])]),
  }
  const isWide = useWide(641)
  const isTable = useWide(tableFrom)
  const [isFormOpen, setFormOpen] = useState(false)
  const filterCount = Object.keys(filters).length
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => rememberSearch(filters), [filters])

  const shown = found.contacts.length
  const total = formatCount(found.approximateTotal, language)
  const summary =
    found.approximateTotal >= countedUpTo
      ? t('contacts.results.about', { shown: formatCount(shown, language), total })
      : found.hasNextPage
        ? t('contacts.results.exact', { shown: formatCount(shown, language), total })
        : t('contacts.results.all', { total: formatCount(shown, language), count: shown })

  const chooseOrder = (next: Order) => {
    setOrder(next)
    storeOrder(next)
  }
  const orderBy = (by: OrderName) =>
    chooseOrder({ by, isDescending: order.by === by ? !order.isDescending : isByTime({ by }) })
  const close = () => {
    setPlaying(undefined)
    // The focus may have been in the player, which is gone.
    list.current?.querySelector<HTMLElement>('.is-playing .badge-play')?.focus()
  }

  return (
    <Page
      title={t('contacts.search.title')}
      className="search-page"
      aside={<p className="search-lead">{t('contacts.search.lead')}</p>}
    >
      {!isWide && (
        <Button
          kind="secondary"
          className="search-fold"
          aria-expanded={isFormOpen}
          onPress={() => setFormOpen(!isFormOpen)}
        >
          <SlidersHorizontal aria-hidden="true" size={18} />
          {t('contacts.search.fold')}
          {filterCount > 0 && <span className="fold-count">{filterCount}</span>}
        </Button>
      )}
      {(isWide || isFormOpen) && (
        <SearchForm
          filters={filters}
          onSearch={(next) => {
            setFormOpen(false)
            if (JSON.stringify(next) === JSON.stringify(filters)) void found.refetch()
            else void navigate(searchUrl(next))
          }}
        />
      )}
      {me && (
        <NamedSearches personId={me.personId} filters={filters} onSearch={(next) => void navigate(searchUrl(next))} />
      )}
      {me && mayPick && <PickBar picks={picks} me={me} under={under} onClear={() => setChosen([])} />}
      <FoundList
        title={t('contacts.results.title')}
        found={found}
        shown={shown}
        summary={summary}
        none={t('contacts.results.none')}
        hint={t(
          lastDigitsOf(filters.caller) === undefined ? 'contacts.results.none.hint' : 'contacts.search.caller.whole',
        )}
        end={t('contacts.results.end')}
        tools={
          <div className="results-tools">
            <p className="muted">
              {isTable && !isOrderable && t('contacts.order.limit', { count: maxSortableResults })}
              <span id={playNoteId} className="visually-hidden">
                {t('listening.purpose')} {t(`session.purpose.${under.purpose}`)}. {t('listening.logged')}
              </span>
            </p>
            {/* Cards have no headings by which to sort. */}
            {!isTable && (
              <ToggleButton
                className="chip"
                isSelected={isOldestFirst(order)}
                onChange={(isOldest) => chooseOrder(isOldest ? oldestFirst : newestFirst)}
              >
                {t('contacts.order.oldest')}
              </ToggleButton>
            )}
            <ColumnChoice
              columns={columns}
              onChange={(next) => {
                setColumns(next)
                storeColumns(next)
              }}
            />
          </div>
        }
      >
        <div ref={list}>
          <Results
            contacts={contacts}
            shown={columns}
            order={isWhole || isByTime(order) ? order : newestFirst}
            isOrderable={isOrderable}
            onOrder={orderBy}
            playing={playing}
            onPlay={setPlaying}
            picks={mayPick ? picks : undefined}
          />
        </div>
      </FoundList>
      {playing && <PlayerDock playing={playing} onClose={close} />}
    </Page>
  )
}
