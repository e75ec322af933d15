import { Play, Plus, Trash2 } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import type { FormContent, MomentComment } from './quality-shapes.ts'

/** Comments on moments, in order; each has a button that plays its moment. */
export function CommentFields({
  comments,
  form,
  language,
  onPlay,
  onChange,
  onAdd,
}: {
  comments: readonly MomentComment[]
  form: FormContent
  language: string
  onPlay: (ms: number) => void
  onChange: (comments: MomentComment[]) => void
  onAdd: () => void
}) {
  const { t } = useLanguage()
  const inOrder = [...comments].sort((one, other) => one.atMs - other.atMs)
  return (
    <section className="stack-small" aria-labelledby="quality-comments">
      <h3 id="quality-comments">{t('quality.comments')}</h3>
      {comments.length === 0 && <p className="muted">{t('quality.comments.none')}</p>}
      <ol className="quality-comments">
        {inOrder.map((one) => {
          const position = formatPosition(one.atMs)
          return (
            <li key={one.id} className="stack-small">
              <div className="actions">
                <Button
                  kind="quiet"
                  className="chip"
                  aria-label={t('quality.comment.play', { position })}
                  onPress={() => onPlay(one.atMs)}
                >
                  <Play aria-hidden="true" size={16} />
                  {position}
                </Button>
                <Button
                  kind="quiet"
                  className="chip"
                  aria-label={t('quality.comment.remove', { position })}
                  onPress={() => onChange(comments.filter(({ id }) => id !== one.id))}
                >
                  <Trash2 aria-hidden="true" size={16} />
                </Button>
                <CommentQuestion comment={one} form={form} language={language} />
              </div>
              <Field
                id={`comment-${one.id}`}
                label={t('quality.comment.at', { position })}
                value={one.text}
                onChange={(text) =>
                  onChange(comments.map((other) => (other.id === one.id ? { ...other, text } : other)))
                }
                rows={2}
                maxLength={2000}
              />
            </li>
          )
        })}
      </ol>
      <Button onPress={onAdd}>
        <Plus aria-hidden="true" size={18} />
        {t('quality.comment.add')}
      </Button>
    </section>
  )
}

/** Question of a comment, by number and text. */
export function CommentQuestion({
  comment: { question },
  form,
  language,
}: {
  comment: MomentComment
  form: FormContent
  language: string
}) {
  const target = form.sections
    .flatMap(({ questions }, s) => questions.map((one, q) => ({ ...one, number: `${s + 1}.${q + 1}` })))
    .find(({ id }) => id === question)
  if (!target) return null
  return (
    <span className="muted quality-comment-question">
      {target.number} <span lang={language}>{target.text}</span>
    </span>
  )
}
