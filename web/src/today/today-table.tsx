import type { ReactNode } from 'react'
import { WideTable } from '../controls/wide-table.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { unansweredOf, type Counts } from './day-counts.ts'

const columns = ['talking', 'waiting', 'calls', 'answered', 'unanswered'] as const

/** The day's counts, one row per number or unit. */
export function TodayTable({
  title,
  first,
  rows,
  id,
}: {
  title: string
  first: string
  rows: readonly { key: string; name: ReactNode; counts: Counts }[]
  id: string
}) {
  const { t, language } = useLanguage()
  return (
    <WideTable aria-labelledby={id}>
      <table className="table today-table">
        <caption id={id}>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {columns.map((column) => (
              <th key={column} scope="col" className="numeric">
                {t(`today.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, counts }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {columns.map((column) => {
                const count = column === 'unanswered' ? unansweredOf(counts) : counts[column]
                const isPressing = column === 'waiting' && count > 0
                return (
                  <td key={column} className={`numeric ${isPressing ? 'is-pressing' : ''}`}>
                    {formatCount(count, language)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  )
}
