import { useRef, useState, type KeyboardEvent } from 'react'
import { $api, api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatPosition } from '../format/duration.ts'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { PlayerHandle } from '../listening/player-frame.tsx'
import { announce } from '../shell/announce.tsx'
import { usePlayOnce } from './begin-evaluation.tsx'
import { CommentFields } from './comment-fields.tsx'
import { EvaluationListen } from './evaluation-listen.tsx'
import type { Evaluation, FormContent } from './quality-shapes.ts'
import { QuestionField } from './question-field.tsx'
import { percentOf, ScoreBadge } from './score-badge.tsx'
import { SetAside } from './set-aside.tsx'
import { useDraft, type EvaluationDraft } from './use-draft.ts'

/** Player beside the form. Ctrl+Space plays and pauses, Ctrl+Enter comments on the current moment, wherever the focus is. */
export function Evaluating({
  evaluation,
  form,
  onDone,
}: {
  evaluation: Evaluation
  form: FormContent
  onDone: () => Promise<unknown>
}) {
  const { t, locale } = useLanguage()
  const draft = useDraft(evaluation)
  const handle = useRef<PlayerHandle>(null)
  const [isTried, setTried] = useState(false)
  const { work, score } = draft
  usePlayOnce(evaluation.id, () => handle.current?.toggle())
  const asked = new Set(score?.asked)
  const missing = isTried ? new Set(score?.unanswered) : new Set<string>()

  const comment = (question?: string) => {
    const atMs = Math.round(handle.current?.positionMs() ?? 0)
    const id = crypto.randomUUID()
    draft.edit({ comments: [...work.comments, { id, atMs, text: '', ...(question && { question }) }] })
    announce(t('quality.comment.added', { position: formatPosition(atMs) }))
    window.requestAnimationFrame(() => document.getElementById(`comment-${id}`)?.focus())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.ctrlKey || (event.key !== ' ' && event.key !== 'Enter')) return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === ' ') return handle.current?.toggle()
    const target = event.target instanceof Element ? event.target : null
    comment(target?.closest<HTMLElement>('[data-question]')?.dataset['question'])
  }
  return (
    <div className="quality-beside" onKeyDownCapture={onKeyDown}>
      <div className="quality-sound panel stack-small">
        <h2>{t('quality.recording')}</h2>
        {evaluation.recordingId && <EvaluationListen recordingId={evaluation.recordingId} handle={handle} />}
        <p className="hint">{t('quality.keys')}</p>
        <CommentFields
          comments={work.comments}
          form={form}
          language={evaluation.formLanguage}
          onPlay={(ms) => handle.current?.playFrom(ms)}
          onChange={(comments) => draft.edit({ comments })}
          onAdd={() => comment()}
        />
      </div>
      <div className="quality-form stack">
        <SavedState evaluation={evaluation} draft={draft} />
        {form.sections.map((section, s) => {
          const shown = section.questions.filter(({ id }) => asked.has(id))
          const part = score?.sections[section.id]
          return (
            <section key={section.id} className="panel stack-small" aria-labelledby={`section-${section.id}`}>
              <h2 id={`section-${section.id}`}>
                {s + 1}. <span lang={evaluation.formLanguage}>{section.title}</span>{' '}
                {part != null && <span className="muted">{percentOf(part, locale)}</span>}
              </h2>
              {shown.length === 0 && <p className="muted">{t('quality.section.nothing')}</p>}
              {shown.map((question, q) => (
                <QuestionField
                  key={question.id}
                  question={question}
                  language={evaluation.formLanguage}
                  number={`${s + 1}.${q + 1}`}
                  answer={work.answers[question.id]}
                  isMissing={missing.has(question.id)}
                  onAnswer={(answer) => draft.edit({ answers: { ...work.answers, [question.id]: answer } })}
                  onComment={() => comment(question.id)}
                />
              ))}
            </section>
          )
        })}
        <section className="panel stack-small">
          <Field
            label={t('quality.note')}
            hint={t('quality.note.hint')}
            value={work.note}
            onChange={(note) => draft.edit({ note })}
            rows={4}
            maxLength={5000}
          />
        </section>
        <Release evaluation={evaluation} draft={draft} onTry={() => setTried(true)} onDone={onDone} />
      </div>
    </div>
  )
}

/** Current score and save state; if saving failed, the reason and what can be done. */
function SavedState({ evaluation, draft }: { evaluation: Evaluation; draft: EvaluationDraft }) {
  const { t, language } = useLanguage()
  const { saving, score, savedAt, error } = draft
  const resolve = async (method: 'keepMine' | 'takeStored') => {
    const { data } = await api.GET('/api/quality/evaluations/{id}', { params: { path: { id: evaluation.id } } })
    if (data) draft[method](data)
  }
  return (
    <div className="quality-state stack-small">
      <p className="quality-state-line">
        {score && <ScoreBadge total={score.total} isFailed={score.isFailed} />}
        {score && <span>{t('quality.left', { count: score.unanswered.length })}</span>}
        <span className="muted" role="status">
          {saving === 'saved' && savedAt && t('quality.saved', { time: formatTime(savedAt, language) })}
          {(saving === 'waiting' || saving === 'saving') && t('quality.saving')}
          {saving === 'failed' && t('quality.notSaved')}
        </span>
      </p>
      {saving === 'failed' && <Failure error={error} onAgain={() => void draft.flush()} />}
      {saving === 'refused' && (
        <>
          <Failure error={error} />
          <Notice kind="info">{t('quality.refused.kept')}</Notice>
        </>
      )}
      {saving === 'conflict' && (
        <Notice kind="warning" title={t('quality.conflict')} isUrgent>
          <p>{t('quality.conflict.what')}</p>
          <div className="actions">
            <Button kind="primary" onPress={() => void resolve('keepMine')}>
              {t('quality.conflict.mine')}
            </Button>
            <Button onPress={() => void resolve('takeStored')}>{t('quality.conflict.stored')}</Button>
          </div>
        </Notice>
      )}
    </div>
  )
}

function Release({
  evaluation: { id, kind },
  draft,
  onTry,
  onDone,
}: {
  evaluation: Evaluation
  draft: EvaluationDraft
  onTry: () => void
  onDone: () => Promise<unknown>
}) {
  const { t } = useLanguage()
  const release = $api.useMutation('post', '/api/quality/evaluations/{id}/release')
  const [isConfirming, setConfirming] = useState(false)
  const [wrong, setWrong] = useState<Wrong[]>([])
  const word = kind === 'CALIBRATION' ? 'quality.finish' : 'quality.release'
  const wordOf = (part: 'what' | 'sure' | 'sure.what' | 'done') =>
    t(kind === 'CALIBRATION' ? `quality.finish.${part}` : `quality.release.${part}`)
  const askForConfirmation = async () => {
    onTry()
    if (!(await draft.flush())) return
    const unanswered = draft.savedScore()?.unanswered ?? []
    const [first] = unanswered
    if (first === undefined) {
      setWrong([])
      return setConfirming(true)
    }
    const text = t('quality.left', { count: unanswered.length })
    setWrong([{ text, field: `question-${first}` }])
  }
  const releaseEvaluation = async () => {
    try {
      await release.mutateAsync({ params: { path: { id } }, body: { revision: draft.revision() } })
      announce(wordOf('done'))
      await onDone()
    } catch {
      // The refusal is shown beside the button.
    }
  }
  return (
    <section className="panel stack-small" aria-label={t(word)}>
      <ErrorSummary title={t('quality.notReleased')} wrong={wrong} />
      {release.error && <Failure error={release.error} />}
      <p>{wordOf('what')}</p>
      <div className="actions">
        <Button kind="primary" isBusy={release.isPending} onPress={() => void askForConfirmation()}>
          {t(word)}
        </Button>
        {kind === 'SAMPLED' && <SetAside id={id} />}
      </div>
      <Confirm
        title={wordOf('sure')}
        doLabel={t(word)}
        isOpen={isConfirming}
        onDo={() => void releaseEvaluation()}
        onClose={() => setConfirming(false)}
      >
        <p>{wordOf('sure.what')}</p>
      </Confirm>
    </section>
  )
}
