import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'

/** Start page section of the data protection officer: the last full verification failed. */
export function BrokenLog() {
  const { t, language } = useLanguage()
  const { data } = $api.useQuery('get', '/api/log/verifications', undefined, { staleTime: 0 })
  const last = data?.items.find(({ state }) => state === 'WHOLE' || state === 'BROKEN')
  if (last?.state !== 'BROKEN') return null
  return (
    <Notice kind="error" title={t('log.verify.BROKEN')}>
      <p>{t('log.broken', { time: formatInstant(last.endedAt ?? last.askedAt, language) })}</p>
      <Link to="/log">{t('shell.nav.log')}</Link>
    </Notice>
  )
}
