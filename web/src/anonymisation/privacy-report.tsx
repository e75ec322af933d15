import { Link } from '@tanstack/react-router'
import { Printer } from 'lucide-react'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
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

/** Privacy report beside the work, with a link to the printable page; read anew for each state of the copy. */
export function PrivacyReportPanel({ copy: { id, revision, state } }: { copy: AnonymisedCopy }) {
  return <Panel key={`${revision} ${state}`} copyId={id} />
}

function Panel({ copyId }: { copyId: string }) {
  const { say } = useLanguage()
  const heading = useId()
  const { data, error, isPending, refetch } = usePrivacyReport(copyId)
  return (
    <section className="panel stack" aria-labelledby={heading}>
      <h2 id={heading}>{say('anonymisation.report')}</h2>
      {isPending && <Waiting lines={4} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && <ReportBody report={data} isFolded />}
      {data && (
        <p>
          <Link to="/disclosures/copies/$id/report" params={{ id: copyId }} className="with-icon">
            <Printer aria-hidden="true" size={18} />
            {say('anonymisation.report.page')}
          </Link>
        </p>
      )}
    </section>
  )
}

/** Redactions, the voice replacement and its evaluation, and the remaining risk in words (R33, L30). */
export function ReportBody({ report, isFolded }: { report: PrivacyReport; isFolded: boolean }) {
  const { say, language } = useLanguage()
  const { level, engine, version, isAnonymous, evaluation, removed, redactedMs, durationMs, residualRisk } = report
  const counted = removed.filter(({ count }) => count > 0)
  return (
    <>
      <Notice
        kind={isAnonymous ? 'info' : 'warning'}
        title={say(isAnonymous ? 'anonymisation.report.anonymous' : 'anonymisation.report.pseudonymous')}
      >
        {say(`anonymisation.report.risk.${residualRisk}`)}
      </Notice>
      <dl className="facts">
        <Fact label={say('anonymisation.level')}>
          {say(`anonymisation.level.${level}`)}
          <span className="second">{say('anonymisation.report.engine', { engine, version })}</span>
        </Fact>
        <Fact label={say('anonymisation.report.redacted')}>
          {formatLength(redactedMs)}
          <span className="second">{say('anonymisation.report.ofAll', { length: formatLength(durationMs) })}</span>
        </Fact>
        <Fact label={say('anonymisation.report.preparedBy')}>{report.preparedBy.name}</Fact>
        <Fact label={say('anonymisation.report.checkedBy')}>
          {report.checkedBy?.name ?? <span className="muted">{say('anonymisation.report.notChecked')}</span>}
        </Fact>
      </dl>
      {counted.length === 0 ? (
        <p>{say('anonymisation.report.nothing')}</p>
      ) : (
        <div className="scroll">
          <table className="table report-removed">
            <caption className="report-caption">{say('anonymisation.report.removed')}</caption>
            <thead>
              <tr>
                <th scope="col">{say('anonymisation.reason')}</th>
                <th scope="col" className="numeric">
                  {say('anonymisation.report.count')}
                </th>
              </tr>
            </thead>
            <tbody>
              {counted.map(({ reason, count }) => (
                <tr key={reason}>
                  <th scope="row">{say(`anonymisation.reason.${reason}`)}</th>
                  <td className="numeric">{formatCount(count, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {evaluation === undefined ? (
        <p>{say('anonymisation.report.noEvaluation')}</p>
      ) : isFolded ? (
        <details>
          <summary>{say('anonymisation.report.evaluation')}</summary>
          <EvaluationFigures evaluation={evaluation} />
        </details>
      ) : (
        <>
          <h2>{say('anonymisation.report.evaluation')}</h2>
          <p>{say('anonymisation.report.evaluation.hint')}</p>
          <EvaluationFigures evaluation={evaluation} />
        </>
      )}
    </>
  )
}
