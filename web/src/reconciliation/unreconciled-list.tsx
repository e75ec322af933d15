import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { formatCount } from '../format/number.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { ExplainForm } from './explain-form.tsx'
import { kinds, reasons, states, type ReconciliationFilters, type Reconciliation } from './reconciliation-shapes.ts'
import { UnreconciledTable } from './unreconciled-table.tsx'

/** Lists the differences between calls and recordings, with explanations. */
export function UnreconciledList({
  found: { from, to, feeds, counts, mayExplain },
  filters,
  onExplained,
}: {
  found: Reconciliation
  filters: ReconciliationFilters
  onExplained: () => void
}) {
  const { t, language } = useLanguage()
  const navigate = useNavigate()
  const { kind = 'unrecorded', state = 'open', number, feed, why } = filters
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [done, setDone] = useState('')
  const narrowed = {
    ...(number !== undefined && { number }),
    ...(feed !== undefined && { feed }),
    ...(why !== undefined && { why }),
  }
  const explained = { kind, state, from, to, ...narrowed }
  const list = useInfiniteQuery({
    queryKey: ['reconciliation-calls', explained],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...explained, ...(pageParam !== '' && { cursor: pageParam }) }
      const { data, error } = await api.GET('/api/reconciliation/calls', { params: { query }, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
    // Each read is logged.
    staleTime: Infinity,
    gcTime: 0,
  })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const shown = items.length
  const words = list.hasNextPage ? 'reconciliation.shown.more' : 'reconciliation.shown'
  const announceNow = useEffectEvent(() => announce(t(words, { count: shown, number: formatCount(shown, language) })))
  useEffect(() => {
    if (list.isSuccess) announceNow()
  }, [list.isSuccess, shown])

  const show = (next: ReconciliationFilters) => {
    setSelected(new Set())
    void navigate({ to: '/reconciliation', search: next, replace: true, resetScroll: false })
  }
  const allOption = { value: '', label: t('reconciliation.filter.all') }
  const change = (key: 'number' | 'feed' | 'why' | 'state', value: string, defaultValue = '') => {
    const { [key]: _, ...rest } = filters
    show(value === defaultValue ? rest : { ...rest, [key]: value })
  }
  const numbers = [...new Set(counts.map((one) => one.number))].sort()

  return (
    <section aria-labelledby="reconciliation-calls" className="results-section">
      <h2 id="reconciliation-calls" tabIndex={-1}>
        {t('reconciliation.calls')}
      </h2>
      <nav aria-label={t('reconciliation.kind')} className="switcher">
        <ul>
          {kinds.map((one) => {
            const { kind: _, why: _reason, ...rest } = filters
            return (
              <li key={one}>
                <Link
                  to="/reconciliation"
                  search={one === 'unrecorded' ? rest : { ...rest, kind: one }}
                  resetScroll={false}
                  onClick={() => setSelected(new Set())}
                  activeOptions={exactUrlMatch}
                  aria-current={one === kind ? 'true' : undefined}
                >
                  {t(`reconciliation.kind.${one}`)}
                </Link>
              </li>
            )
          })}
        </ul>
      </nav>
      <p className="plan-explained">{t(`reconciliation.kind.${kind}.what`)}</p>
      <div className="period-form">
        <Choice
          label={t('reconciliation.state')}
          options={states.map((value) => ({ value, label: t(`reconciliation.state.${value}`) }))}
          value={state}
          onChange={(value) => change('state', value, 'open')}
        />
        <Choice
          label={t('contacts.field.number')}
          options={[allOption, ...numbers.map((value) => ({ value, label: formatPhone(value) }))]}
          value={number ?? ''}
          onChange={(value) => change('number', value)}
        />
        {feeds.length > 1 && (
          <Choice
            label={t('reconciliation.feed')}
            options={[allOption, ...feeds.map(({ name }) => ({ value: name, label: name }))]}
            value={feed ?? ''}
            onChange={(value) => change('feed', value)}
          />
        )}
        {kind === 'unrecorded' && (
          <Choice
            label={t('reconciliation.why')}
            options={[allOption, ...reasons.map((value) => ({ value, label: t(`reconciliation.why.${value}`) }))]}
            value={why ?? ''}
            onChange={(value) => change('why', value)}
          />
        )}
      </div>
      {done !== '' && <Notice kind="success">{done}</Notice>}
      {list.isPending && <Waiting lines={6} />}
      {list.isError && <Failure error={list.error} onAgain={() => void list.refetch()} />}
      {list.isSuccess && shown === 0 && (
        <p>{t(`reconciliation.calls.none.${state === 'explained' ? 'explained' : kind}`)}</p>
      )}
      {shown > 0 && (
        <>
          <p className="results-count">{t(words, { count: shown, number: formatCount(shown, language) })}</p>
          <UnreconciledTable
            items={items}
            kind={kind}
            selected={mayExplain ? selected : undefined}
            onSelect={(id, isSelected) => {
              const next = new Set(selected)
              if (isSelected) next.add(id)
              else next.delete(id)
              setSelected(next)
            }}
          />
          {list.hasNextPage && (
            <div className="more">
              <Button kind="secondary" isBusy={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
                {t(list.isFetchingNextPage ? 'shell.loading' : 'contacts.results.more')}
              </Button>
            </div>
          )}
          {mayExplain && state !== 'explained' && (
            <ExplainForm
              explained={{ kind, from, to, ...narrowed, readAt: list.data?.pages[0]?.asOf ?? to }}
              selected={selected}
              onExplained={(message) => {
                setSelected(new Set())
                setDone(message)
                void list.refetch()
                onExplained()
              }}
            />
          )}
          {!mayExplain && state !== 'explained' && <p className="muted">{t('reconciliation.explain.who')}</p>}
        </>
      )}
    </section>
  )
}
