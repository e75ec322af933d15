import type { paths } from '../api/paths.ts'
import { Notice } from '../controls/notice.tsx'
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
    <table className="table">
      <caption className="visually-hidden">{t('import.problems')}</caption>
      <thead>
        <tr>
          <th scope="col" className="numeric">
            {t('import.row')}
          </th>
          <th scope="col">{t('import.column')}</th>
          <th scope="col">{t('import.problem')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <td className="numeric">{row.row}</td>
            <td>{row.column ? <code>{row.column}</code> : '–'}</td>
            <td className="wrapping">{named(row.message)}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
