import { WideTable } from '../controls/wide-table.tsx'
import { formatDate } from '../format/instant.ts'
import { locales } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import type { PrivacyReport } from './copy-shapes.ts'
import { isMaximum, readFigureName, unitOf, type FigureName } from './figure-name.ts'

type Evaluation = NonNullable<PrivacyReport['evaluation']>

/** Figures of the engine's version against attackers and listeners, beside the limits of its level. */
export function EvaluationFigures({ evaluation: { date, figures } }: { evaluation: Evaluation }) {
  const { t, language } = useLanguage()
  const format = new Intl.NumberFormat(locales[language], { maximumFractionDigits: 2 })
  return (
    <WideTable aria-label={t('anonymisation.report.evaluation')}>
      <table className="table">
        <caption className="report-caption">
          {t('anonymisation.report.evaluated', { date: formatDate(`${date}T12:00:00Z`, language) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('anonymisation.report.measure')}</th>
            <th scope="col" className="numeric">
              {t('anonymisation.report.value')}
            </th>
            <th scope="col" className="numeric">
              {t('anonymisation.report.demanded')}
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.filter(isShown).map(({ name, value, demanded }) => {
            const read = readFigureName(name)
            const unit = read ? unitOf(read) : ''
            return (
              <tr key={name}>
                <th scope="row" className="wrapping">
                  {read ? <Named figure={read} /> : name}
                </th>
                <td className="numeric">
                  {format.format(value)}
                  {unit}
                </td>
                <td className="numeric">
                  {demanded === undefined
                    ? '–'
                    : t(read && isMaximum(read) ? 'anonymisation.report.most' : 'anonymisation.report.least', {
                        figure: `${format.format(demanded)}${unit}`,
                      })}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </WideTable>
  )
}

/**
 * Returns true for the figures that the report shows: those with a limit at the level, those of attackers who pool five
 * recordings, and those of the strongest attacker on speech other than the engine's.
 */
function isShown({ name, demanded }: Evaluation['figures'][number]): boolean {
  const read = readFigureName(name)
  return (
    demanded !== undefined ||
    (read?.measure === 'pooled-five' && !read.subject) ||
    (read?.subject !== undefined && read.measure === 'semi-informed')
  )
}

function Named({ figure: { subject, measure, set } }: { figure: FigureName }) {
  const { t } = useLanguage()
  return (
    <>
      {t(`anonymisation.figure.${measure}`)}
      {(subject ?? set) !== undefined && (
        <span className="second">
          {[subject && t(`anonymisation.figure.of.${subject}`), set && t(`anonymisation.figure.set.${set}`)]
            .filter(Boolean)
            .join(', ')}
        </span>
      )}
    </>
  )
}
