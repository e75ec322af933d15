import { Play } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { CommentQuestion } from './comment-fields.tsx'
import type { Answers, FormContent, MomentComment, Score } from './quality-shapes.ts'
import { answerText } from './question-field.tsx'
import { percentOf, ScoreBadge } from './score-badge.tsx'

/** Answered form with its comments on moments; read-only. */
export function AnsweredForm({
  form,
  language,
  answers,
  score,
  comments,
  note,
  onPlay,
}: {
  form: FormContent
  language: string
  answers: Answers
  score: Score
  comments: readonly MomentComment[]
  note: string
  /** Plays a moment; without it only the time is shown. */
  onPlay?: ((ms: number) => void) | undefined
}) {
  const { t, locale } = useLanguage()
  const asked = new Set(score.asked)
  const inOrder = [...comments].sort((one, other) => one.atMs - other.atMs)
  return (
    <div className="quality-parts">
      <p>
        <ScoreBadge total={score.total} isFailed={score.isFailed} />
      </p>
      {form.sections.map((section, s) => {
        const part = score.sections[section.id]
        return (
          <section key={section.id} className="panel stack-small">
            <h3>
              {s + 1}. <span lang={language}>{section.title}</span>{' '}
              {part != null && <span className="muted">{percentOf(part, locale)}</span>}
            </h3>
            <dl className="quality-answered">
              {section.questions
                .filter(({ id }) => asked.has(id))
                .map((question) => {
                  const answer = answers[question.id]
                  return (
                    <div key={question.id}>
                      <dt lang={language}>{question.text}</dt>
                      <dd>
                        {answer === undefined
                          ? t('quality.unanswered')
                          : answer === null
                            ? t('quality.notApplicable')
                            : answerText(question.scale, answer, t)}
                      </dd>
                    </div>
                  )
                })}
            </dl>
          </section>
        )
      })}
      {inOrder.length > 0 && (
        <section className="panel stack-small">
          <h3>{t('quality.comments')}</h3>
          <ol className="quality-comments">
            {inOrder.map((one) => {
              const position = formatPosition(one.atMs)
              return (
                <li key={one.id}>
                  {onPlay ? (
                    <Button
                      kind="quiet"
                      className="chip"
                      aria-label={t('quality.comment.play', { position })}
                      onPress={() => onPlay(one.atMs)}
                    >
                      <Play aria-hidden="true" size={16} />
                      {position}
                    </Button>
                  ) : (
                    <strong>{position}</strong>
                  )}{' '}
                  <CommentQuestion comment={one} form={form} language={language} />
                  <p className="quality-words">{one.text}</p>
                </li>
              )
            })}
          </ol>
        </section>
      )}
      {note !== '' && (
        <section className="panel stack-small">
          <h3>{t('quality.note')}</h3>
          <p className="quality-words">{note}</p>
        </section>
      )}
    </div>
  )
}
