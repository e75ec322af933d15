import { Table } from '../controls/table.tsx'
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
        <Table
          caption={<caption>{t('quality.agreement')}</caption>}
          rows={summary.alphas}
          keyOf={({ scale }) => scale}
          columns={[
            { head: t('quality.scale'), cell: ({ scale }) => t(`quality.scale.${scale}`), isRowHead: true },
            { head: t('quality.measure'), cell: ({ measure }) => t(`quality.measure.${measure}`) },
            { head: t('quality.questions'), cell: ({ questions }) => questions, isNumeric: true },
            {
              head: t('quality.alpha'),
              cell: ({ alpha }) => (alpha === null ? t('quality.alpha.none') : decimals.format(alpha)),
              isNumeric: true,
            },
          ]}
        />
      </WideTable>
      <p className="hint">{t('quality.alpha.what')}</p>
      <WideTable aria-label={t('quality.spread')}>
        <Table
          className="table quality-spread"
          caption={<caption>{t('quality.spread')}</caption>}
          rows={summary.questions}
          keyOf={({ id }) => id}
          columns={[
            { head: t('quality.questions.one'), cell: ({ text }) => text, isRowHead: true, lang: language },
            {
              head: t('quality.spread.given'),
              cell: ({ scale, given, notApplicable }) =>
                [
                  ...given.map(({ answer, count }) => `${answerText(scale, answer, t)} × ${count}`),
                  ...(notApplicable > 0 ? [`${t('quality.notApplicable')} × ${notApplicable}`] : []),
                ].join(', ') || t('quality.spread.none'),
            },
          ]}
        />
      </WideTable>
    </div>
  )
}
