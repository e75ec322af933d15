import { useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { PlayerHandle } from '../listening/player-frame.tsx'
import { AnsweredForm } from './answered-form.tsx'
import { Disagreement } from './disagreement.tsx'
import { EvaluationListen } from './evaluation-listen.tsx'
import type { Evaluation } from './quality-shapes.ts'

/** Read-only evaluation: the released result and the official's reply, or another person's state. */
export function ReleasedEvaluation({
  evaluation: one,
  onDone,
}: {
  evaluation: Evaluation
  onDone: () => Promise<unknown>
}) {
  const { t, language } = useLanguage()
  const handle = useRef<PlayerHandle>(null)
  const isReleased = one.releasedAt !== undefined
  return (
    <>
      <p className="muted">
        {one.state === 'WAITING' && t('quality.state.waiting')}
        {one.state === 'DRAFT' && t('quality.state.draft')}
        {isReleased && t('quality.state.released', { when: formatInstant(one.releasedAt ?? '', language) })}{' '}
        {one.acknowledgedAt && t('quality.state.acknowledged', { when: formatInstant(one.acknowledgedAt, language) })}
      </p>
      {isReleased && one.recordingId && !one.standsStill && (
        <section className="panel stack-small">
          <h2>{t('quality.recording')}</h2>
          <EvaluationListen recordingId={one.recordingId} handle={handle} />
        </section>
      )}
      <Disagreement {...one} />
      {one.disagreedAt && !one.answeredAt && !one.endedAt && <Answer id={one.id} onDone={onDone} />}
      {one.form && one.score && (isReleased || one.endedAt) && (
        <AnsweredForm
          form={one.form}
          language={one.formLanguage}
          answers={one.answers}
          score={one.score}
          comments={one.comments}
          note={one.note}
          onPlay={one.recordingId ? (ms) => handle.current?.playFrom(ms) : undefined}
        />
      )}
      {one.kind === 'CALIBRATION' && one.state === 'FINISHED' && (
        <Notice kind="success">{t('quality.calibration.finished')}</Notice>
      )}
    </>
  )
}

const outcomes = ['KEPT', 'REOPENED'] as const

function Answer({ id, onDone }: { id: string; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const answer = $api.useMutation('post', '/api/quality/evaluations/{id}/answer')
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('KEPT')
  const [text, setText] = useState('')
  const written = text.trim()
  return (
    <section className="panel stack-small">
      <ActStep
        kind="primary"
        open={t('quality.answer')}
        submit={t('quality.answer.do')}
        act={answer}
        request={() => (written ? { params: { path: { id } }, body: { outcome, text: written } } : undefined)}
        onDone={onDone}
      >
        {(isTried) => (
          <>
            <RadioCards
              label={t('quality.answer.outcome')}
              options={outcomes.map((value) => ({
                value,
                label: t(`quality.answer.${value}`),
                detail: t(`quality.answer.${value}.what`),
              }))}
              value={outcome}
              onChange={(value) => setOutcome(outcomes.find((one) => one === value) ?? 'KEPT')}
            />
            <Field
              label={t('quality.answer.text')}
              error={isTried && !written ? t('quality.answer.missing') : undefined}
              value={text}
              onChange={setText}
              rows={3}
              maxLength={2000}
            />
          </>
        )}
      </ActStep>
    </section>
  )
}
