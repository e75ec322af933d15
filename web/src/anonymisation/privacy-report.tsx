import { Link } from '@tanstack/react-router'
import { Printer } from 'lucide-react'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatLength } from '../format/duration.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy, PrivacyReport } from './copy-shapes.ts'
import { EvaluationFigures } from './evaluation-figures.tsx'

export function usePrivacyReport(copyId: string) {
  return $api.useQuery(
    'get',
    '/api/anonymised-copies/{id}/report',
    { params: { path: { id: copyId } } },
    { staleTime: 0 },
  )
}

/** Privacy report of a copy, with a link to the printable page. Loaded again whenever the state of the copy changes. */
export function PrivacyReportPanel({ copy: { id, revision, state } }: { copy: AnonymisedCopy }) {
  return <Panel key={`${revision} ${state}`} copyId={id} />
}

function Panel({ copyId }: { copyId: string }) {
  const { t } = useLanguage()
  const heading = useId()
  const query = usePrivacyReport(copyId)
  const { data } = query
  return (
    <section className="panel stack" aria-labelledby={heading}>
      <h2 id={heading}>{t('anonymisation.report')}</h2>
      <Loaded query={query} lines={4} />
      {data && <ReportBody report={data} isFolded />}
      {data && (
        <p>
          <Link to="/disclosures/copies/$id/report" params={{ id: copyId }} className="with-icon">
            <Printer aria-hidden="true" size={18} />
            {t('anonymisation.report.page')}
          </Link>
        </p>
      )}
    </section>
  )
}

/** Redactions, the voice replacement and its evaluation, and the remaining risk in words (R33, L30). */
export function ReportBody({ report, isFolded }: { report: PrivacyReport; isFolded: boolean }) {
  const { t, language } = useLanguage()
  const { level, engine, version, isAnonymous, evaluation, removed, redactedMs, durationMs, residualRisk } = report
  const counted = removed.filter(({ count }) => count > 0)
  return (
    <>
      <Notice
        kind={isAnonymous ? 'info' : 'warning'}
        title={t(isAnonymous ? 'anonymisation.report.anonymous' : 'anonymisation.report.pseudonymous')}
      >
        {t(`anonymisation.report.risk.${residualRisk}`)}
      </Notice>
      <dl className="facts">
        <Fact label={t('anonymisation.level')}>
          {t(`anonymisation.level.${level}`)}
          <span className="second">{t('anonymisation.report.engine', { engine, version })}</span>
        </Fact>
        <Fact label={t('anonymisation.report.redacted')}>
          {formatLength(redactedMs)}
          <span className="second">{t('anonymisation.report.ofAll', { length: formatLength(durationMs) })}</span>
        </Fact>
        <Fact label={t('anonymisation.report.preparedBy')}>{report.preparedBy.name}</Fact>
        <Fact label={t('anonymisation.report.checkedBy')}>
          {report.checkedBy?.name ?? <span className="muted">{t('anonymisation.report.notChecked')}</span>}
        </Fact>
      </dl>
      {counted.length === 0 ? (
        <p>{t('anonymisation.report.nothing')}</p>
      ) : (
        <div className="scroll">
          <table className="table report-removed">
            <caption className="report-caption">{t('anonymisation.report.removed')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('anonymisation.reason')}</th>
                <th scope="col" className="numeric">
                  {t('anonymisation.report.count')}
                </th>
              </tr>
            </thead>
            <tbody>
              {counted.map(({ reason, count }) => (
                <tr key={reason}>
                  <th scope="row">{t(`anonymisation.reason.${reason}`)}</th>
                  <td className="numeric">{formatCount(count, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {evaluation === undefined ? (
        <p>{t('anonymisation.report.noEvaluation')}</p>
      ) : isFolded ? (
        <details>
          <summary>{t('anonymisation.report.evaluation')}</summary>
          <EvaluationFigures evaluation={evaluation} />
        </details>
      ) : (
        <>
          <h2>{t('anonymisation.report.evaluation')}</h2>
          <p>{t('anonymisation.report.evaluation.hint')}</p>
          <EvaluationFigures evaluation={evaluation} />
        </>
      )}
    </>
  )
}
