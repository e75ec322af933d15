import { useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { Step } from '../controls/step.tsx'
import { ended } from '../disclosures/ask.ts'
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
  const { say, language } = useLanguage()
  const handle = useRef<PlayerHandle>(null)
  const isGiven = one.releasedAt !== undefined
  return (
    <>
      <p className="muted">
        {one.state === 'WAITING' && say('quality.state.waiting')}
        {one.state === 'DRAFT' && say('quality.state.draft')}
        {isGiven && say('quality.state.released', { when: formatInstant(one.releasedAt ?? '', language) })}{' '}
        {one.acknowledgedAt && say('quality.state.acknowledged', { when: formatInstant(one.acknowledgedAt, language) })}
      </p>
      {isGiven && one.recordingId && !one.standsStill && (
        <section className="panel stack-small">
          <h2>{say('quality.recording')}</h2>
          <EvaluationListen recordingId={one.recordingId} handle={handle} />
        </section>
      )}
      <Disagreement {...one} />
      {one.disagreedAt && !one.answeredAt && !one.endedAt && <Answer id={one.id} onDone={onDone} />}
      {one.form && one.score && (isGiven || one.endedAt) && (
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
        <Notice kind="success">{say('quality.calibration.finished')}</Notice>
      )}
    </>
  )
}

const outcomes = ['KEPT', 'REOPENED'] as const

function Answer({ id, onDone }: { id: string; onDone: () => Promise<unknown> }) {
  const { say } = useLanguage()
  const answer = $api.useMutation('post', '/api/quality/evaluations/{id}/answer')
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('KEPT')
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    if (text.trim() === '') return false
    const body = { outcome, text: text.trim() }
    return ended(answer.mutateAsync({ params: { path: { id } }, body }), async () => {
      await onDone()
    })
  }
  return (
    <section className="panel stack-small">
      <Step
        kind="primary"
        open={say('quality.answer')}
        submit={say('quality.answer.do')}
        isBusy={answer.isPending}
        error={answer.error}
        onOpen={() => setTried(false)}
        onSubmit={submit}
      >
        <RadioCards
          label={say('quality.answer.outcome')}
          options={outcomes.map((value) => ({
            value,
            label: say(`quality.answer.${value}`),
            detail: say(`quality.answer.${value}.what`),
          }))}
          value={outcome}
          onChange={(value) => setOutcome(outcomes.find((one) => one === value) ?? 'KEPT')}
        />
        <Field
          label={say('quality.answer.text')}
          error={isTried && text.trim() === '' ? say('quality.answer.missing') : undefined}
          value={text}
          onChange={setText}
          rows={3}
          maxLength={2000}
        />
      </Step>
    </section>
  )
}
