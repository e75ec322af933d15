import { useLanguage } from '../language/use-words.ts'
import { columnsOf, figureText } from './figure-columns.ts'
import type { StudyQuestion, Figures, Study, StudyRow } from './question.ts'
import { nameMonth, nameRow } from './row-name.ts'

/** Numbers of the plot and of their calculation. */
export function StudyTable({
  study,
  question,
  times,
}: {
  study: Study
  question: StudyQuestion
  times: [string, string | undefined]
}) {
  const { t, language, named } = useLanguage()
  const { by = 'month', measure = 'calls' } = question
  const columns = columnsOf(measure)
  const [period, comparedPeriod] = times
  const cells = (figures: Figures | undefined, group: string) =>
    columns.map((column) => (
      <td key={`${group} ${column.name}`} className="numeric">
        {figureText(figures, column, language, t)}
      </td>
    ))
  const heads = (group: string) =>
    columns.map((column) => (
      <th key={`${group} ${column.name}`} scope="col" className="numeric">
        {t(column.word)}
      </th>
    ))
  const isBesideOtherMonth = (row: StudyRow) =>
    comparedPeriod !== undefined && by === 'month' && row.comparedKey !== undefined
  return (
    <div className="panel stack-small">
      <h2 id="study-table">{t('studies.table')}</h2>
      <div className="scroll" tabIndex={0} role="region" aria-labelledby="study-table">
        <table className="table study-table">
          <thead>
            {comparedPeriod !== undefined && (
              <tr>
                <td />
                <th scope="colgroup" colSpan={columns.length} className="study-time">
                  {period}
                </th>
                <th scope="colgroup" colSpan={columns.length} className="study-time is-compared">
                  {comparedPeriod}
                </th>
              </tr>
            )}
            <tr>
              <th scope="col">{t(`studies.by.${by}`)}</th>
              {heads('now')}
              {comparedPeriod !== undefined && heads('then')}
            </tr>
          </thead>
          <tbody>
            {study.rows.map((row) => (
              <tr key={`${row.key} ${row.comparedKey ?? ''}`}>
                <th scope="row">
                  <span className={by === 'number' ? 'number' : ''}>{nameRow(row, by, language, t)}</span>
                  {row.number?.name && <span className="second">{named(row.number.name)}</span>}
                  {isBesideOtherMonth(row) && (
                    <span className="second">
                      {t('studies.beside', { month: nameMonth(row.comparedKey!, language, 'long') })}
                    </span>
                  )}
                </th>
                {cells(row.figures, 'now')}
                {comparedPeriod !== undefined && cells(row.compared, 'then')}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('studies.total')}</th>
              {cells(study.total.figures, 'now')}
              {comparedPeriod !== undefined && cells(study.total.compared, 'then')}
            </tr>
          </tfoot>
        </table>
      </div>
      <p className="muted study-hidden">
        {t('studies.hidden', { count: study.fewest })} {t('studies.hidden.divide', { count: study.fewestToDivide })}
      </p>
    </div>
  )
}
