import type { paths } from '../api/schema.d.ts'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'

type Rows = paths['/api/people/import']['post']['responses'][422]['content']['application/json']['error']['rows']

/** What is wrong with a file, row by row in the reader's language; nothing of it was entered. */
export function RowProblems({ rows }: { rows: Rows }) {
  const { say, named } = useLanguage()
  return (
    <>
      <Notice kind="error">{say('import.refused.note', { count: rows.length })}</Notice>
      <div className="scroll" tabIndex={0} role="region" aria-label={say('import.problems')}>
        <table className="table">
          <caption className="visually-hidden">{say('import.problems')}</caption>
          <thead>
            <tr>
              <th scope="col" className="numeric">
                {say('import.row')}
              </th>
              <th scope="col">{say('import.column')}</th>
              <th scope="col">{say('import.problem')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.row} ${row.column ?? ''} ${row.message.fi}`}>
                <td className="numeric">{row.row}</td>
                <td>{row.column ? <code>{row.column}</code> : '–'}</td>
                <td className="wrapping">{named(row.message)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
