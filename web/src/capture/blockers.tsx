import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'

const checkMs = 5_000

/** Lists what keeps the installation from working, since when, and what to do. */
export function Blockers() {
  const { t, language } = useLanguage()
  const { data, error, refetch } = $api.useQuery('get', '/api/operation/blockers', undefined, {
    staleTime: 0,
    refetchInterval: checkMs,
  })
  return (
    <section className="panel stack-small" aria-labelledby="blockers">
      <h2 id="blockers">{t('capture.operation.blockers')}</h2>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && data.missing.length > 0 && (
        <Notice kind="error">{t('capture.operation.missing', { parts: data.missing.join(', ') })}</Notice>
      )}
      {data?.items.length === 0 && data.missing.length === 0 && <p>{t('capture.operation.blockers.none')}</p>}
      {data?.items.map(({ kind, code, about, of, since }) => (
        <Notice key={`${kind} ${of} ${about ?? ''}`} kind="error" title={t(`capture.operation.blocker.${kind}`)}>
          <p>{t(`capture.operation.blocker.${kind}.do`)}</p>
          <dl className="facts">
            <Fact label={t('capture.operation.blocker.since')}>{formatInstant(since, language, 'seconds')}</Fact>
            <Fact label={t('capture.operation.blocker.of')}>{of}</Fact>
            <Fact label={t('capture.operation.blocker.code')}>{about === undefined ? code : `${code} (${about})`}</Fact>
          </dl>
        </Notice>
      ))}
    </section>
  )
}
