import type { ReactNode } from 'react'
import { Table, type Column } from '../controls/table.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { unansweredOf, type Counts } from './day-counts.ts'

const columns = ['talking', 'waiting', 'calls', 'answered', 'unanswered'] as const

interface Row {
  key: string
  name: ReactNode
  counts: Counts
}

/** The day's counts, one row per number or unit. */
export function TodayTable({
  title,
  first,
  rows,
  id,
}: {
  title: string
  first: string
  rows: readonly Row[]
  id: string
}) {
  const { t, language } = useLanguage()
  return (
    <WideTable aria-labelledby={id}>
      <Table
        className="table today-table"
        caption={<caption id={id}>{title}</caption>}
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          { head: first, cell: ({ name }) => name, isRowHead: true },
          ...columns.map((column): Column<Row> => {
            const countOf = ({ counts }: Row) => (column === 'unanswered' ? unansweredOf(counts) : counts[column])
            return {
              head: t(`today.${column}`),
              cell: (row) => formatCount(countOf(row), language),
              isNumeric: true,
              classOf: (row) => (column === 'waiting' && countOf(row) > 0 ? 'is-pressing' : undefined),
            }
          }),
        ]}
      />
    </WideTable>
  )
}
