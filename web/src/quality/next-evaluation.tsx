import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { BeginEvaluation, ListeningNote } from './begin-evaluation.tsx'

/** Shown after a release: the next call to evaluate, with the button that begins it; a link to the queue if there is none. */
export function NextEvaluation({ done }: { done: string }) {
  const { t, language } = useLanguage()
  const note = useId()
  const { data, error, refetch } = $api.useQuery('get', '/api/quality/evaluations', undefined, { staleTime: 0 })
  const next = data?.items.find(({ state }) => state === 'WAITING')
  return (
    <Notice kind="success" title={done}>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && !next && (
        <p>
          {t('quality.next.none')} <Link to="/quality">{t('quality.title')}</Link>
        </p>
      )}
      {next && (
        <>
          <p>
            {t('quality.next')}{' '}
            {[next.startedAt && formatInstant(next.startedAt, language), formatPhone(next.number), next.planName]
              .filter(Boolean)
              .join(', ')}
          </p>
          <ListeningNote id={note} />
          <div className="actions">
            <BeginEvaluation
              key={next.id}
              evaluation={next}
              noteId={note}
              text={t('quality.next.do')}
              isFocused
              onRefused={refetch}
            />
          </div>
        </>
      )}
    </Notice>
  )
}
