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
import { comparedDays, daysOf, queryOf, readQuestion, type StudyQuestion, type Study } from './question.ts'
import { QuestionForm } from './question-form.tsx'
import { StudyResult } from './study-result.tsx'

/** Service-level studies: a question, its answer as a plot and a table, and both as files (R4, R6, R15). */
export function StudyPage() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const question = useSearch({ from: '/service-level', select: readQuestion, structuralSharing: true })
  const now = today(zone)
  const { data, error, isPlaceholderData, isPending, isFetching, refetch } = $api.useQuery(
    'get',
    '/api/studies',
    { params: { query: queryOf(question, now) } },
    { placeholderData: (before) => before },
  )
  const request = (more: Partial<StudyQuestion>) =>
    void navigate({ to: '/service-level', search: readQuestion({ ...question, ...more }), resetScroll: false })
  const compare = question.compare ?? 'none'
  const cannotCompare = compare !== 'none' && !comparedDays(daysOf(question, now), compare)

  const announceNow = useEffectEvent((study: Study) => announce(t('studies.answered', { count: study.rows.length })))
  useEffect(() => {
    if (data && !isFetching) announceNow(data)
  }, [data, isFetching])

  return (
    <Page title={t('studies.title')} lead={t('studies.lead')}>
      <QuestionForm question={question} today={now} choices={data?.choices} onChange={request} />
      {cannotCompare && <Notice kind="warning">{t('studies.compare.meets')}</Notice>}
      {(isPending || isPlaceholderData) && <Waiting lines={10} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {/* Hidden while another question is being answered; only the choices of the previous answer stay. */}
      {data && !error && !isPlaceholderData && (
        <div aria-busy={isFetching} className="stack">
          <StudyResult study={data} question={question} today={now} />
        </div>
      )}
    </Page>
  )
}
