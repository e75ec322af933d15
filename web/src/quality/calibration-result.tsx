import { WideTable } from '../controls/wide-table.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { Calibration } from './quality-shapes.ts'
import { answerText } from './question-field.tsx'
import { percentOf } from './score-badge.tsx'

/** Distribution of the answers of a closed calibration, and Krippendorff's alpha; without names. */
export function CalibrationResult({
  summary,
  language,
}: {
  summary: NonNullable<Calibration['summary']>
  language: string
}) {
  const { t, locale } = useLanguage()
  const decimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return (
    <div className="stack-small">
      <p>
        {t('quality.calibration.evaluators', { count: summary.evaluators })}{' '}
        {summary.totals &&
          t('quality.calibration.totals', {
            least: percentOf(summary.totals.least, locale),
            median: percentOf(summary.totals.median, locale),
            most: percentOf(summary.totals.most, locale),
          })}
      </p>
      <WideTable aria-label={t('quality.agreement')}>
        <table className="table">
          <caption>{t('quality.agreement')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('quality.scale')}</th>
              <th scope="col">{t('quality.measure')}</th>
              <th scope="col" className="numeric">
                {t('quality.questions')}
              </th>
              <th scope="col" className="numeric">
                {t('quality.alpha')}
              </th>
            </tr>
          </thead>
          <tbody>
            {summary.alphas.map(({ scale, measure, questions, alpha }) => (
              <tr key={scale}>
                <th scope="row">{t(`quality.scale.${scale}`)}</th>
                <td>{t(`quality.measure.${measure}`)}</td>
                <td className="numeric">{questions}</td>
                <td className="numeric">{alpha === null ? t('quality.alpha.none') : decimals.format(alpha)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      <p className="hint">{t('quality.alpha.what')}</p>
      <WideTable aria-label={t('quality.spread')}>
        <table className="table quality-spread">
          <caption>{t('quality.spread')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('quality.questions.one')}</th>
              <th scope="col">{t('quality.spread.given')}</th>
            </tr>
          </thead>
          <tbody>
            {summary.questions.map(({ id, text, scale, given, notApplicable }) => (
              <tr key={id}>
                <th scope="row" lang={language}>
                  {text}
                </th>
                <td>
                  {[
                    ...given.map(({ answer, count }) => `${answerText(scale, answer, t)} × ${count}`),
                    ...(notApplicable > 0 ? [`${t('quality.notApplicable')} × ${notApplicable}`] : []),
                  ].join(', ') || t('quality.spread.none')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </div>
  )
}
