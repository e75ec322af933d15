import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { FoundList } from '../controls/found-list.tsx'
import { SearchButtons } from '../controls/search-buttons.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { TableOrCards } from '../controls/table.tsx'
import { formatLastDay } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { readHolderFilters, rightsKey, roles, type Holder, type HolderFilters } from './rights-shapes.ts'
import { roleText } from './rights-words.ts'

const pageSize = 50

/** Holders of rights: found by name or role, each linked to their rights and decisions. */
export function Holders({ filters, onSearch }: { filters: HolderFilters; onSearch: (filters: HolderFilters) => void }) {
  const { t, language } = useLanguage()
  const found = useInfiniteQuery({
    queryKey: [rightsKey, 'holders', filters],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, limit: pageSize, ...(pageParam && { cursor: pageParam }) }
      const { data, error } = await api.GET('/api/rights/people', { params: { query }, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
  })
  const holders = found.data?.pages.flatMap((page) => page.items) ?? []
  const total = found.data?.pages[0]?.total ?? 0
  const summary = found.hasNextPage
    ? t('people.shown', { shown: formatCount(holders.length, language), total: formatCount(total, language) })
    : t('people.all', { count: total, total: formatCount(total, language) })
  return (
    <section aria-labelledby="rights-holders" className="stack">
      <h2 id="rights-holders">{t('rights.holders')}</h2>
      <HolderForm filters={filters} onSearch={onSearch} />
      <FoundList
        title={t('rights.holders.list')}
        found={found}
        shown={holders.length}
        summary={summary}
        none={t('people.none')}
        hint={t('people.none.hint')}
      >
        <HolderList holders={holders} />
      </FoundList>
    </section>
  )
}

function HolderForm({ filters, onSearch }: { filters: HolderFilters; onSearch: (filters: HolderFilters) => void }) {
  const { t } = useLanguage()
  const [draft, setDraft] = useState(filters)
  return (
    <SubmitForm
      className="panel holder-form"
      role="search"
      aria-label={t('rights.holders.form')}
      onSubmit={() => onSearch(readHolderFilters({ ...draft }))}
    >
      <Field
        label={t('rights.holders.q')}
        value={draft.q ?? ''}
        onChange={(q) => setDraft({ ...draft, q })}
        maxLength={100}
        autoComplete="off"
        spellCheck="false"
      />
      <Choice
        label={t('rights.role')}
        options={[
          { value: '', label: t('rights.role.any') },
          ...roles.map((role) => ({ value: role, label: t(`rights.role.${role}`) })),
        ]}
        value={draft.role ?? ''}
        onChange={(role) => setDraft(readHolderFilters({ ...draft, role }))}
      />
      <SearchButtons
        isMain={false}
        onClear={() => {
          setDraft({})
          onSearch({})
        }}
      />
    </SubmitForm>
  )
}

function HolderList({ holders }: { holders: readonly Holder[] }) {
  const { t } = useLanguage()
  return (
    <TableOrCards
      minPx={900}
      caption={t('rights.holders')}
      className="results"
      hasRowLinks
      rows={holders}
      keyOf={({ id }) => id}
      title={(holder) => <HolderLink holder={holder} />}
      columns={[
        {
          head: t('people.person.name'),
          cell: (holder) => (
            <>
              <HolderLink holder={holder} />
              <span className="second">{holder.userId}</span>
            </>
          ),
        },
        { head: t('people.person.unit'), cell: ({ unit }) => unit ?? t('people.person.none') },
        { head: t('rights.roles'), cell: ({ roles: held }) => held.map((role) => roleText(role, t)).join(', ') },
        { head: t('rights.firstEnd'), cell: (holder) => <End holder={holder} /> },
      ]}
    />
  )
}

function HolderLink({ holder }: { holder: Holder }) {
  return (
    <Link to="/rights/people/$id" params={{ id: holder.id }} className="row-link">
      {holder.name}
    </Link>
  )
}

function End({ holder }: { holder: Holder }) {
  const { t, language } = useLanguage()
  return holder.until ? formatLastDay(holder.until, language) : t('people.person.none')
}
