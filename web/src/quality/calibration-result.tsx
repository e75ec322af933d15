import { useLanguage } from '../language/use-words.ts'
import type { Calibration } from './quality-shapes.ts'
import { sayAnswer } from './question-field.tsx'
import { percentOf } from './score-badge.tsx'

/** Distribution of the answers of a closed calibration, and Krippendorff's alpha; without names. */
export function CalibrationResult({
  summary,
  language,
}: {
  summary: NonNullable<Calibration['summary']>
  language: string
}) {
  const { say, locale } = useLanguage()
  const decimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return (
    <div className="stack-small">
      <p>
        {say('quality.calibration.evaluators', { count: summary.evaluators })}{' '}
        {summary.totals &&
          say('quality.calibration.totals', {
            least: percentOf(summary.totals.least, locale),
            median: percentOf(summary.totals.median, locale),
            most: percentOf(summary.totals.most, locale),
          })}
      </p>
      <div className="scroll" tabIndex={0} role="region" aria-label={say('quality.agreement')}>
        <table className="table">
          <caption>{say('quality.agreement')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('quality.scale')}</th>
              <th scope="col">{say('quality.measure')}</th>
              <th scope="col" className="numeric">
                {say('quality.questions')}
              </th>
              <th scope="col" className="numeric">
                {say('quality.alpha')}
              </th>
            </tr>
          </thead>
          <tbody>
            {summary.alphas.map(({ scale, measure, questions, alpha }) => (
              <tr key={scale}>
                <th scope="row">{say(`quality.scale.${scale}`)}</th>
                <td>{say(`quality.measure.${measure}`)}</td>
                <td className="numeric">{questions}</td>
                <td className="numeric">{alpha === null ? say('quality.alpha.none') : decimals.format(alpha)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="hint">{say('quality.alpha.what')}</p>
      <div className="scroll" tabIndex={0} role="region" aria-label={say('quality.spread')}>
        <table className="table quality-spread">
          <caption>{say('quality.spread')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('quality.questions.one')}</th>
              <th scope="col">{say('quality.spread.given')}</th>
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
                    ...given.map(({ answer, count }) => `${sayAnswer(scale, answer, say)} × ${count}`),
                    ...(notApplicable > 0 ? [`${say('quality.notApplicable')} × ${notApplicable}`] : []),
                  ].join(', ') || say('quality.spread.none')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
