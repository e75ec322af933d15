import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useMemo } from 'react'
import { $api } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Table } from '../controls/table.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { dueBySpan, spansFrom, totalsOf } from './due.ts'
import { DueChart } from './due-chart.tsx'
import { grains, readDueFilters, type Due, type DueFilters, type Grain } from './retention-shapes.ts'
import { dueText, spanText } from './retention-words.ts'

/** Amounts due: a chart and its table, by days or months, for all numbers or one. */
export function DueSection({ nowMs }: { nowMs: number }) {
  const { t, language } = useLanguage()
  const filters = useSearch({ from: '/retention', select: readDueFilters, structuralSharing: true })
  const by = filters.by ?? 'day'
  const spans = useMemo(() => spansFrom(nowMs, by), [nowMs, by])
  const requested = {
    from: spans[0]!.from,
    to: spans.at(-1)!.until,
    by,
    ...(filters.number && { number: filters.number }),
  }
  const query = $api.useQuery('get', '/api/retention/due', {
    params: { query: requested },
  })
  const { data, isFetching } = query
  const due = data && dueBySpan(spans, data.items)
  const total = due && {
    recordings: totalsOf(due, 'recordings').total,
    contacts: totalsOf(due, 'contacts').total,
  }
  const summary =
    total && t('retention.due.summary', { what: dueText(total, t, language), until: t(`retention.due.until.${by}`) })
  const announceNow = useEffectEvent(() => summary && announce(summary))
  const isCounted = due !== undefined && !isFetching
  useEffect(() => {
    if (isCounted) announceNow()
  }, [isCounted, by, filters.number])
  return (
    <section aria-labelledby="retention-due" className="plan-section" aria-busy={isFetching}>
      <h2 id="retention-due">{t('retention.due.title')}</h2>
      <p className="plan-explained">{t('retention.due.what')}</p>
      <DueForm by={by} filters={filters} />
      <Loaded query={query} lines={10} />
      {due && (
        <>
          <p className="due-summary">{summary}</p>
          <div className="due-both">
            <DueChart key={`${by} ${filters.number ?? ''}`} due={due} by={by} />
            <DueTable due={due} by={by} />
          </div>
        </>
      )}
    </section>
  )
}

/** Chooses granularity and number, in the URL. */
function DueForm({ by, filters }: { by: Grain; filters: DueFilters }) {
  const { t, named } = useLanguage()
  const navigate = useNavigate()
  const numbers = $api.useQuery('get', '/api/numbers').data?.items ?? []
  const choose = (next: DueFilters) =>
    void navigate({ to: '/retention', search: readDueFilters({ ...next }), replace: true, resetScroll: false })
  return (
    <div className="panel period-form due-form">
      <Choice
        label={t('retention.due.by')}
        options={grains.map((one) => ({ value: one, label: t(`retention.due.by.${one}`) }))}
        value={by}
        onChange={(value) => choose({ ...filters, by: value as Grain })}
      />
      <Choice
        label={t('contacts.field.number')}
        options={[
          { value: '', label: t('retention.due.number.all') },
          ...numbers.map(({ number, display, name }) => ({ value: number, label: display, detail: named(name) })),
        ]}
        value={filters.number ?? ''}
        onChange={(number) => choose({ by, ...(number !== '' && { number }) })}
      />
    </div>
  )
}

function DueTable({ due, by }: { due: readonly Due[]; by: Grain }) {
  const { t, language } = useLanguage()
  const some = due.filter(({ recordings, contacts }) => recordings + contacts > 0)
  if (some.length === 0) return <p className="panel due-table muted">{t('retention.due.nothing')}</p>
  return (
    <div className="panel scroll due-table" tabIndex={0} role="region" aria-label={t('retention.due.table')}>
      <Table
        rows={some}
        keyOf={({ from }) => from}
        columns={[
          { head: t('retention.due.when'), cell: (one) => spanText(one, by, language), isRowHead: true },
          { head: t('retention.recordings'), cell: (one) => formatCount(one.recordings, language), isNumeric: true },
          {
            head: t('retention.due.contacts.head'),
            cell: (one) => formatCount(one.contacts, language),
            isNumeric: true,
          },
        ]}
      />
    </div>
  )
}
