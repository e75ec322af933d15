import { CircleCheck, CircleX } from 'lucide-react'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Say } from '../language/use-words.ts'
import type { Language } from '../language/language.ts'
import type { RetentionRun } from './retention-shapes.ts'
import { sayFault, sayMonth } from './retention-words.ts'

/** Last runs with their proofs: what each destroyed, and the ledger entries. */
export function Runs({ runs }: { runs: readonly RetentionRun[] }) {
  const { say, language } = useLanguage()
  return (
    <section aria-labelledby="retention-runs" className="plan-section">
      <h2 id="retention-runs">{say('retention.runs.title')}</h2>
      <p className="plan-explained">{say('retention.runs.what')}</p>
      {runs.length === 0 ? (
        <p className="muted">{say('retention.runs.none')}</p>
      ) : (
        <div className="panel scroll runs" tabIndex={0} role="group" aria-labelledby="retention-runs">
          <table className="table runs-table">
            <thead>
              <tr>
                <th scope="col">{say('retention.runs.at')}</th>
                <th scope="col">{say('retention.runs.work')}</th>
                <th scope="col">{say('retention.runs.result')}</th>
                <th scope="col">{say('retention.runs.done')}</th>
                <th scope="col">{say('retention.runs.ledger')}</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={`${run.at} ${run.work}`}>
                  <td className="nowrap">{formatInstant(run.at, language)}</td>
                  <td>{say(`retention.runs.work.${run.work}`)}</td>
                  <td>
                    <span className={`with-icon run-${run.result}`}>
                      {run.result === 'ok' ? (
                        <CircleCheck aria-hidden="true" size={18} />
                      ) : (
                        <CircleX aria-hidden="true" size={18} />
                      )}
                      {say(`retention.runs.result.${run.result}`)}
                    </span>
                    {run.fault && <span className="second">{sayFault(run.fault, say)}</span>}
                  </td>
                  <td className="wrapping">{doneIn(run, say, language)}</td>
                  <td className="nowrap">{run.ledger ? rangeOf(run.ledger, language) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function doneIn(run: RetentionRun, say: Say, language: Language): string {
  const number = (count: number) => ({ count, number: formatCount(count, language) })
  const isCopy = run.work === 'backup' || run.work === 'restore'
  const done = [
    run.recordings > 0 &&
      say(
        run.work === 'verification'
          ? 'retention.runs.proved'
          : isCopy
            ? 'retention.runs.copied'
            : 'retention.runs.recordings',
        number(run.recordings),
      ),
    run.contacts > 0 &&
      say(isCopy ? 'retention.runs.contacts.copied' : 'retention.runs.contacts', number(run.contacts)),
    run.months.length > 0 &&
      say('retention.runs.months', { months: run.months.map((month) => sayMonth(month, language)).join(', ') }),
    run.keys > 0 && say('retention.runs.keys', number(run.keys)),
  ].filter(Boolean)
  if (done.length > 0) return done.join(', ')
  return run.result === 'failed' ? '–' : say('retention.runs.nothing')
}

function rangeOf({ from, to }: { from: number; to: number }, language: Language): string {
  const [first, last] = [formatCount(from, language), formatCount(to, language)]
  return from === to ? first : `${first}–${last}`
}
