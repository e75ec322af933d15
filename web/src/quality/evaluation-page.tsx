import { useParams } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { BeginEvaluation, ListeningNote } from './begin-evaluation.tsx'
import { Evaluating } from './evaluating.tsx'
import { EvaluationFacts } from './evaluation-facts.tsx'
import { NextEvaluation } from './next-evaluation.tsx'
import { evaluates, type Evaluation } from './quality-shapes.ts'
import { ReleasedEvaluation } from './released-evaluation.tsx'

/** One evaluation: player and form while it is in progress, the result once released. */
export function EvaluationPage() {
  return (
    <Only who={evaluates}>
      <Read />
    </Only>
  )
}

function Read() {
  const { t, language } = useLanguage()
  const { id } = useParams({ from: '/quality/evaluations/$id' })
  const query = $api.useQuery(
    'get',
    '/api/quality/evaluations/{id}',
    { params: { path: { id } } },
    // Typed answers are newer than a second read.
    { staleTime: Infinity, gcTime: 0 },
  )
  const { data, refetch } = query
  const [releasedId, setReleasedId] = useState<string>()
  const note = useId()
  const title = data?.startedAt
    ? t('quality.evaluation.of', { when: formatInstant(data.startedAt, language) })
    : t('quality.evaluation')
  return (
    <Page title={title} crumbs={[{ label: t('quality.title'), to: '/quality' }]} className="quality-evaluation">
      <Loaded query={query} lines={10} />
      {data && (
        <>
          <EvaluationFacts evaluation={data} />
          <EvaluationNotices evaluation={data} />
          {releasedId === data.id && data.state !== 'DRAFT' && (
            <NextEvaluation done={t(data.kind === 'CALIBRATION' ? 'quality.finish.done' : 'quality.release.done')} />
          )}
          {data.state === 'WAITING' && !data.endedAt && !data.standsStill && (
            <>
              <ListeningNote id={note} />
              <div className="actions">
                <BeginEvaluation evaluation={data} noteId={note} onBegun={refetch} />
              </div>
            </>
          )}
          {data.state === 'DRAFT' && data.isMine && data.form ? (
            <Evaluating
              key={data.id}
              evaluation={data}
              form={data.form}
              onDone={() => {
                setReleasedId(data.id)
                return refetch()
              }}
            />
          ) : (
            <ReleasedEvaluation evaluation={data} onDone={refetch} />
          )}
        </>
      )}
    </Page>
  )
}

/** Notices about changes since the evaluation began: a newer form, or a recording that is destroyed or unavailable. */
function EvaluationNotices({ evaluation }: { evaluation: Evaluation }) {
  const { t, language } = useLanguage()
  const { endedAt, endWhy, standsStill, formVersion, newestVersion, state } = evaluation
  return (
    <>
      {endedAt && endWhy && (
        <Notice kind="warning" title={t(`quality.told.${endWhy}`)}>
          {t(`quality.told.${endWhy}.what`, { when: formatInstant(endedAt, language) })}
        </Notice>
      )}
      {!endedAt && standsStill && <Notice kind="warning">{t(`error.${standsStill}`)}</Notice>}
      {state === 'DRAFT' && formVersion !== undefined && newestVersion !== undefined && newestVersion > formVersion && (
        <Notice kind="info">{t('quality.told.newer', { version: formVersion, newest: newestVersion })}</Notice>
      )}
    </>
  )
}
