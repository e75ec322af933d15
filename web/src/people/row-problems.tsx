import type { paths } from '../api/paths.ts'
import { Notice } from '../controls/notice.tsx'
import { Table } from '../controls/table.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'

type Rows = paths['/api/people/import']['post']['responses'][422]['content']['application/json']['error']['rows']

/** Below this window width, in pixels, problems are shown as a list. */
const minTablePx = 700

/** Problems of a file, row by row, in the reader's language; nothing was imported. */
export function RowProblems({ rows }: { rows: Rows }) {
  const { t } = useLanguage()
  return (
    <>
      <Notice kind="error">{t('import.refused.note', { count: rows.length })}</Notice>
      {useWide(minTablePx) ? <ProblemTable rows={rows} /> : <ProblemList rows={rows} />}
    </>
  )
}

function ProblemTable({ rows }: { rows: Rows }) {
  const { t, named } = useLanguage()
  return (
    <Table
      caption={t('import.problems')}
      rows={rows}
      keyOf={keyOf}
      columns={[
        { head: t('import.row'), cell: ({ row }) => row, isNumeric: true },
        { head: t('import.column'), cell: ({ column }) => (column ? <code>{column}</code> : '–') },
        { head: t('import.problem'), cell: ({ message }) => named(message), className: 'wrapping' },
      ]}
    />
  )
}

function ProblemList({ rows }: { rows: Rows }) {
  const { t, named } = useLanguage()
  return (
    <ul className="spaced-list" aria-label={t('import.problems')}>
      {rows.map((row) => (
        <li key={keyOf(row)}>
          <strong>
            {t('import.row')} {row.row}
          </strong>
          {row.column && (
            <>
              {' · '}
              <code>{row.column}</code>
            </>
          )}
          <br />
          {named(row.message)}
        </li>
      ))}
    </ul>
  )
}

function keyOf({ row, column, message }: Rows[number]): string {
  return `${row} ${column ?? ''} ${message.fi}`
}
