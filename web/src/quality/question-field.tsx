import { MessageSquarePlus } from 'lucide-react'
import { Label, Radio, RadioGroup, Text } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Toggle } from '../controls/toggle.tsx'
import { useLanguage, type Translate } from '../language/use-words.ts'
import { answersOf, type Question, type Scale } from './quality-shapes.ts'

const notApplicable = 'none'

/** One question and its answer: radio buttons for few answers, a field for many. */
export function QuestionField({
  question,
  language,
  number,
  answer,
  isMissing,
  onAnswer,
  onComment,
}: {
  question: Question
  language: string
  /** For example 2.3. */
  number: string
  /** Undefined: not answered; null: not applicable. */
  answer: number | null | undefined
  isMissing: boolean
  onAnswer: (answer: number | null) => void
  /** Comments on the current moment of the recording. */
  onComment: () => void
}) {
  const { t } = useLanguage()
  const answers = answersOf(question.scale)
  const id = `question-${question.id}`
  const error = isMissing ? t('quality.unanswered') : undefined
  return (
    <div className="quality-question" data-question={question.id}>
      {answers ? (
        <RadioGroup
          id={id}
          className="field radio-group"
          value={answer === undefined ? null : answer === null ? notApplicable : String(answer)}
          onChange={(value) => onAnswer(value === notApplicable ? null : Number(value))}
          isInvalid={isMissing}
          validationBehavior="aria"
        >
          <Label className="label">
            {number} <span lang={language}>{question.text}</span>
            <CriticalBadge question={question} />
          </Label>
          {question.help && (
            <Text slot="description" className="hint">
              <span lang={language}>{question.help}</span>
            </Text>
          )}
          <div className="quality-answers">
            {answers.map((value) => (
              <Radio key={value} value={String(value)} className="radio-card">
                <span className="radio-dot" aria-hidden="true" />
                {answerText(question.scale, value, t)}
              </Radio>
            ))}
            {question.mayNotApply && (
              <Radio value={notApplicable} className="radio-card">
                <span className="radio-dot" aria-hidden="true" />
                {t('quality.notApplicable')}
              </Radio>
            )}
          </div>
          {error && <p className="field-error">{error}</p>}
        </RadioGroup>
      ) : (
        <Points {...{ question, language, number, answer, error, id, onAnswer }} />
      )}
      <Button kind="quiet" className="chip" onPress={onComment} aria-label={`${t('quality.comment.add')}: ${number}`}>
        <MessageSquarePlus aria-hidden="true" size={16} />
        {t('quality.comment.add')}
      </Button>
    </div>
  )
}

/** Field for the points of a long scale. */
function Points({
  question,
  number,
  answer,
  error,
  id,
  onAnswer,
}: {
  question: Question
  number: string
  answer: number | null | undefined
  error: string | undefined
  id: string
  onAnswer: (answer: number | null) => void
}) {
  const { t } = useLanguage()
  const max = question.scale.kind === 'points' ? question.scale.most : 0
  return (
    <>
      <Field
        id={id}
        label={`${number} ${question.text}`}
        hint={t('quality.points.hint', { most: max })}
        error={error}
        value={answer == null ? '' : String(answer)}
        inputMode="numeric"
        onChange={(written) => {
          const value = Number(written)
          if (/^\d{1,3}$/.test(written) && value <= max) onAnswer(value)
        }}
      />
      {question.mayNotApply && (
        <Toggle
          label={t('quality.notApplicable')}
          value={answer === null}
          onChange={(isOn) => onAnswer(isOn ? null : 0)}
        />
      )}
    </>
  )
}

/** Effect of failing a critical question, beside its text. */
function CriticalBadge({ question: { critical } }: { question: Question }) {
  const { t } = useLanguage()
  if (critical === 'none') return null
  return <span className="badge badge-restricted quality-critical">{t(`quality.critical.${critical}`)}</span>
}

/** Returns the text of an answer. */
export function answerText(scale: Scale, value: number, t: Translate): string {
  if (scale.kind === 'yes-no') return t(value === 1 ? 'quality.yes' : 'quality.no')
  return scale.kind === 'points' ? t('quality.points', { points: value, most: scale.most }) : String(value)
}
