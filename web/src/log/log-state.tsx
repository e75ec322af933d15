import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { VerifyLog } from './verify-log.tsx'

const pollMs = 10_000

/** Integrity of the log: signed head, witnesses, and the full verification. */
export function LogStatePanel({ onOpen }: { onOpen: (seq: number) => void }) {
  const { t, language } = useLanguage()
  const { data, error, isPending } = $api.useQuery('get', '/api/log/state', undefined, { refetchInterval: pollMs })
  return (
    <section className="panel stack log-state" aria-labelledby="log-state">
      <h2 id="log-state">{t('log.state')}</h2>
      {isPending && <Waiting lines={2} />}
      {error && <Failure error={error} />}
      {data && !data.checkpoint && <p>{t('log.state.none')}</p>}
      {data?.checkpoint && (
        <>
          <p>
            {t('log.state.brief', {
              size: formatCount(data.checkpoint.size, language),
              time: formatInstant(data.checkpoint.at, language, 'seconds'),
            })}
          </p>
          <details className="log-steps">
            <summary>{t('log.state.more')}</summary>
            <dl className="facts">
              <Fact label={t('log.state.checkpoint')}>
                {formatInstant(data.checkpoint.at, language, 'seconds')}
                <span className="second log-id">{data.checkpoint.origin}</span>
              </Fact>
              <Fact label={t('log.state.size')}>{formatCount(data.checkpoint.size, language)}</Fact>
              <Fact label={t('log.state.pending')}>{formatCount(data.pending, language)}</Fact>
              <Fact label={t('log.state.root')}>
                <code className="log-root">{data.checkpoint.root}</code>
              </Fact>
              <Fact label={t('log.state.witnesses')}>
                {data.checkpoint.witnesses.length === 0 ? (
                  <span className="log-plain">{t('log.state.noWitness')}</span>
                ) : (
                  data.checkpoint.witnesses.map(({ name, at }) => (
                    <span key={name} className="log-witness">
                      {name}
                      <span className="second">{formatInstant(at, language, 'seconds')}</span>
                    </span>
                  ))
                )}
              </Fact>
            </dl>
          </details>
        </>
      )}
      <VerifyLog onOpen={onOpen} />
    </section>
  )
}
