import { CircleCheck, CircleX } from 'lucide-react'
import { Table } from '../controls/table.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Translate } from '../language/use-words.ts'
import type { Language } from '../language/language.ts'
import type { RetentionRun } from './retention-shapes.ts'
import { faultText, monthText } from './retention-words.ts'

/** Last runs with their proofs: what each destroyed, and the ledger entries. */
export function Runs({ runs }: { runs: readonly RetentionRun[] }) {
  const { t, language } = useLanguage()
  return (
    <section aria-labelledby="retention-runs" className="plan-section">
      <h2 id="retention-runs">{t('retention.runs.title')}</h2>
      <p className="plan-explained">{t('retention.runs.what')}</p>
      {runs.length === 0 ? (
        <p className="muted">{t('retention.runs.none')}</p>
      ) : (
        <div className="panel scroll runs" tabIndex={0} role="group" aria-labelledby="retention-runs">
          <Table
            className="table runs-table"
            rows={runs}
            keyOf={(run) => `${run.at} ${run.work}`}
            columns={[
              { head: t('retention.runs.at'), cell: (run) => formatInstant(run.at, language), className: 'nowrap' },
              { head: t('retention.runs.work'), cell: (run) => t(`retention.runs.work.${run.work}`) },
              { head: t('retention.runs.result'), cell: (run) => <Result run={run} /> },
              { head: t('retention.runs.done'), cell: (run) => doneIn(run, t, language), className: 'wrapping' },
              {
                head: t('retention.runs.ledger'),
                cell: (run) => (run.ledger ? rangeOf(run.ledger, language) : '–'),
                className: 'nowrap',
              },
            ]}
          />
        </div>
      )}
    </section>
  )
}

function Result({ run: { result, fault } }: { run: RetentionRun }) {
  const { t } = useLanguage()
  const Icon = result === 'ok' ? CircleCheck : CircleX
  return (
    <>
      <span className={`with-icon run-${result}`}>
        <Icon aria-hidden="true" size={18} />
        {t(`retention.runs.result.${result}`)}
      </span>
      {fault && <span className="second">{faultText(fault, t)}</span>}
    </>
  )
}

function doneIn(run: RetentionRun, t: Translate, language: Language): string {
  const number = (count: number) => ({ count, number: formatCount(count, language) })
  const isCopy = run.work === 'backup' || run.work === 'restore'
  const done = [
    run.recordings > 0 &&
      t(
        run.work === 'verification'
          ? 'retention.runs.proved'
          : isCopy
            ? 'retention.runs.copied'
            : 'retention.runs.recordings',
        number(run.recordings),
      ),
    run.contacts > 0 && t(isCopy ? 'retention.runs.contacts.copied' : 'retention.runs.contacts', number(run.contacts)),
    run.months.length > 0 &&
      t('retention.runs.months', { months: run.months.map((month) => monthText(month, language)).join(', ') }),
    run.keys > 0 && t('retention.runs.keys', number(run.keys)),
  ].filter(Boolean)
  if (done.length > 0) return done.join(', ')
  return run.result === 'failed' ? '–' : t('retention.runs.nothing')
}

function rangeOf({ from, to }: { from: number; to: number }, language: Language): string {
  const [first, last] = [formatCount(from, language), formatCount(to, language)]
  return from === to ? first : `${first}–${last}`
}
