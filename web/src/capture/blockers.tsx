import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'

const lookMs = 5_000

/** What keeps the installation from its work, since when, and what to do. */
export function Blockers() {
  const { say, language } = useLanguage()
  const { data, error, refetch } = $api.useQuery('get', '/api/operation/blockers', undefined, {
    staleTime: 0,
    refetchInterval: lookMs,
  })
  return (
    <section className="panel stack-small" aria-labelledby="blockers">
      <h2 id="blockers">{say('operation.blockers')}</h2>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && data.missing.length > 0 && (
        <Notice kind="error">{say('operation.missing', { parts: data.missing.join(', ') })}</Notice>
      )}
      {data?.items.length === 0 && data.missing.length === 0 && <p>{say('operation.blockers.none')}</p>}
      {data?.items.map(({ kind, code, about, of, since }) => (
        <Notice key={`${kind} ${of} ${about ?? ''}`} kind="error" title={say(`operation.blocker.${kind}`)}>
          <p>{say(`operation.blocker.${kind}.do`)}</p>
          <dl className="facts">
            <Fact label={say('operation.blocker.since')}>{formatInstant(since, language, 'seconds')}</Fact>
            <Fact label={say('operation.blocker.of')}>{of}</Fact>
            <Fact label={say('operation.blocker.code')}>{about === undefined ? code : `${code} (${about})`}</Fact>
          </dl>
        </Notice>
      ))}
    </section>
  )
}
