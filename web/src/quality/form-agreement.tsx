import { Table } from '../controls/table.tsx'
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
        <Table
          caption={t('quality.agreement.byQuestion')}
          rows={questions}
          keyOf={({ id }) => id}
          columns={[
            { head: t('quality.questions.one'), cell: ({ text }) => text, isRowHead: true, lang: formLanguage },
            { head: t('quality.measure'), cell: ({ measure }) => t(`quality.measure.${measure}`) },
            { head: t('quality.agreement.recordings'), cell: ({ recordings }) => recordings, isNumeric: true },
            {
              head: t('quality.alpha'),
              cell: ({ alpha }) => (alpha === null ? t('quality.alpha.none') : decimals.format(alpha)),
              isNumeric: true,
            },
          ]}
        />
      </WideTable>
    </section>
  )
}
