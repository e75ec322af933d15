import { WideTable } from '../controls/wide-table.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { FormAgreement as Agreement } from './quality-shapes.ts'

/** Agreement of evaluators on each question of a form, over its closed calibrations; without names. */
export function FormAgreement({ agreement }: { agreement: Agreement }) {
  const { t, locale } = useLanguage()
  const decimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const { formName, formVersion, formLanguage, calibrations, questions } = agreement
  return (
    <section
      className="panel stack-small"
      aria-label={`${formName}, ${t('quality.version', { version: formVersion })}`}
    >
      <h3>
        <span lang={formLanguage}>{formName}</span>{' '}
        <span className="muted">{t('quality.version', { version: formVersion })}</span>
      </h3>
      <p>{t('quality.agreement.calibrations', { count: calibrations })}</p>
      <WideTable aria-label={t('quality.agreement.byQuestion')}>
        <table className="table">
          <caption className="visually-hidden">{t('quality.agreement.byQuestion')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('quality.questions.one')}</th>
              <th scope="col">{t('quality.measure')}</th>
              <th scope="col" className="numeric">
                {t('quality.agreement.recordings')}
              </th>
              <th scope="col" className="numeric">
                {t('quality.alpha')}
              </th>
            </tr>
          </thead>
          <tbody>
            {questions.map(({ id, text, measure, recordings, alpha }) => (
              <tr key={id}>
                <th scope="row" lang={formLanguage}>
                  {text}
                </th>
                <td>{t(`quality.measure.${measure}`)}</td>
                <td className="numeric">{recordings}</td>
                <td className="numeric">{alpha === null ? t('quality.alpha.none') : decimals.format(alpha)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </section>
  )
}
