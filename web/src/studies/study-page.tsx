import { today } from '@internationalized/date'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { comparedDays, daysOf, queryOf, readAsked, type Asked, type Study } from './question.ts'
import { QuestionForm } from './question-form.tsx'
import { StudyResult } from './study-result.tsx'

/** Service-level studies: a question, its answer as a plot and a table, and both as files (R4, R6, R15). */
export function StudyPage() {
  const { say } = useLanguage()
  const navigate = useNavigate()
  const asked = useSearch({ from: '/service-level', select: readAsked, structuralSharing: true })
  const now = today(zone)
  const { data, error, isPlaceholderData, isPending, isFetching, refetch } = $api.useQuery(
    'get',
    '/api/studies',
    { params: { query: queryOf(asked, now) } },
    { placeholderData: (before) => before },
  )
  const ask = (more: Partial<Asked>) =>
    void navigate({ to: '/service-level', search: readAsked({ ...asked, ...more }), resetScroll: false })
  const compare = asked.compare ?? 'none'
  const cannotCompare = compare !== 'none' && !comparedDays(daysOf(asked, now), compare)

  const announceNow = useEffectEvent((study: Study) => announce(say('studies.answered', { count: study.rows.length })))
  useEffect(() => {
    if (data && !isFetching) announceNow(data)
  }, [data, isFetching])

  return (
    <Page title={say('studies.title')} lead={say('studies.lead')}>
      <QuestionForm asked={asked} today={now} choices={data?.choices} onAsk={ask} />
      {cannotCompare && <Notice kind="warning">{say('studies.compare.meets')}</Notice>}
      {(isPending || isPlaceholderData) && <Waiting lines={10} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {/* An answer never stands under another question: of the one before only the choices stay. */}
      {data && !error && !isPlaceholderData && (
        <div aria-busy={isFetching} className="stack">
          <StudyResult study={data} asked={asked} today={now} />
        </div>
      )}
    </Page>
  )
}
