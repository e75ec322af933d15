import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { ActStep } from '../controls/step.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { AnsweredForm } from '../quality/answered-form.tsx'
import { Disagreement } from '../quality/disagreement.tsx'
import type { OwnEvaluation } from '../quality/quality-shapes.ts'
import { answersCalls } from '../session/rights.ts'
import { announce } from '../shell/announce.tsx'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'

/** Puheluitteni arvioinnit: evaluations of an official's own calls, to read, acknowledge and answer. */
export function OwnEvaluationsPage() {
  return (
    <Only who={answersCalls}>
      <OwnEvaluations />
    </Only>
  )
}

function OwnEvaluations() {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/my-calls/evaluations', undefined, {
    staleTime: 0,
  })
  const { refetch } = query
  return (
    <Page
      title={t('quality.own')}
      lead={t('quality.own.lead')}
      crumbs={[{ label: t('shell.nav.myCalls'), to: '/my-calls' }]}
    >
      <Loaded query={query}>
        {(data) => (
          <>
            {data.items.length === 0 && <p className="muted">{t('quality.own.none')}</p>}
            {data.items.map((one) => (
              <EvaluationCard key={one.id} evaluation={one} onDone={refetch} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function EvaluationCard({ evaluation: one, onDone }: { evaluation: OwnEvaluation; onDone: () => Promise<unknown> }) {
  const { t, language } = useLanguage()
  const acknowledge = $api.useMutation('post', '/api/my-calls/evaluations/{id}/acknowledgement')
  const heading = `own-${one.id}`
  const read = () =>
    finishRequest(acknowledge.mutateAsync({ params: { path: { id: one.id } } }), async () => {
      announce(t('quality.own.acknowledged'))
      await onDone()
    })
  const when = formatInstant(one.startedAt, language)
  return (
    <article className="panel stack" aria-labelledby={heading}>
      <div>
        <h2 id={heading}>{t('quality.own.call', { when })}</h2>
        <p className="second">
          <span className="number">{formatPhone(one.number)}</span> ·{' '}
          <span lang={one.formLanguage}>{one.formName}</span> ·{' '}
          {t('quality.own.given', { date: formatDate(one.releasedAt, language) })} ·{' '}
          {t('quality.own.until', { date: formatDate(one.destroyAt, language) })}
        </p>
        <p>
          <Link to="/contacts/$id" params={{ id: one.contactId }}>
            {t('quality.own.listen')}
          </Link>
        </p>
      </div>
      <AnsweredForm
        form={one.form}
        language={one.formLanguage}
        answers={one.answers}
        score={one.score}
        comments={one.comments}
        note={one.note}
      />
      <Disagreement {...one} />
      {acknowledge.error && <Failure error={acknowledge.error} />}
      {one.acknowledgedAt ? (
        <p className="muted">{t('quality.own.read', { when: formatInstant(one.acknowledgedAt, language) })}</p>
      ) : (
        <div className="actions">
          <Button
            kind="primary"
            isBusy={acknowledge.isPending}
            aria-label={`${t('quality.own.acknowledge')}: ${when}`}
            onPress={() => void read()}
          >
            {t('quality.own.acknowledge')}
          </Button>
        </div>
      )}
      {(!one.disagreedAt || one.answerOutcome === 'REOPENED') && (
        <div>
          <Disagree id={one.id} onDone={onDone} />
        </div>
      )}
    </article>
  )
}

function Disagree({ id, onDone }: { id: string; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const disagree = $api.useMutation('post', '/api/my-calls/evaluations/{id}/disagreement')
  const [reasons, setReasons] = useState('')
  const written = reasons.trim()
  return (
    <ActStep
      open={t('quality.own.disagree')}
      submit={t('quality.own.disagree.do')}
      act={disagree}
      request={() => (written ? { params: { path: { id } }, body: { reasons: written } } : undefined)}
      onDone={async () => {
        announce(t('quality.own.disagreed'))
        await onDone()
      }}
    >
      {(isTried) => (
        <Field
          label={t('quality.own.reasons')}
          hint={t('quality.own.reasons.hint')}
          error={isTried && !written ? t('quality.own.reasons.missing') : undefined}
          value={reasons}
          onChange={setReasons}
          rows={4}
          maxLength={2000}
        />
      )}
    </ActStep>
  )
}
