import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { Toggle } from '../controls/toggle.tsx'
import { useLanguage } from '../language/use-words.ts'
import { changeQuestion, questionsBefore, moveQuestion, removeQuestion } from './build-form.ts'
import { PartButtons } from './part-buttons.tsx'
import { answersOf, type FormContent, type Question, type Scale } from './quality-shapes.ts'
import { answerText } from './question-field.tsx'
import { WeightField } from './weight-field.tsx'

const scales: Record<Scale['kind'], Scale> = {
  'yes-no': { kind: 'yes-no' },
  'one-to-five': { kind: 'one-to-five' },
  points: { kind: 'points', most: 10 },
}
const critical = ['none', 'section', 'form'] as const
const noCondition = ''

/** Editor of one question: text, scale, weight, effect of the lowest answer, and condition. */
export function QuestionEditor({
  form,
  question,
  language,
  number,
  isFirst,
  isLast,
  onChange,
}: {
  form: FormContent
  question: Question
  language: string
  number: string
  isFirst: boolean
  isLast: boolean
  onChange: (form: FormContent) => void
}) {
  const { t } = useLanguage()
  const { id, scale, onlyIf } = question
  const title = t('quality.question', { number })
  const change = (changed: Partial<Question>) => onChange(changeQuestion(form, id, changed))
  const before = questionsBefore(form, id).filter((one) => answersOf(one.scale))
  const conditionQuestion = before.find((one) => one.id === onlyIf?.question)
  return (
    <fieldset className="quality-editor stack-small">
      <legend>{title}</legend>
      <Field
        id={`part-${id}`}
        className="quality-long"
        label={t('quality.question.text')}
        lang={language}
        value={question.text}
        onChange={(text) => change({ text })}
        maxLength={500}
      />
      <Field
        className="quality-long"
        label={t('quality.question.help')}
        hint={t('quality.question.help.hint')}
        lang={language}
        value={question.help}
        onChange={(help) => change({ help })}
        maxLength={2000}
        rows={2}
      />
      <div className="quality-fields">
        <Choice
          label={t('quality.scale')}
          options={(Object.keys(scales) as Scale['kind'][]).map((kind) => ({
            value: kind,
            label: t(`quality.scale.${kind}`),
          }))}
          value={scale.kind}
          onChange={(kind) => change({ scale: scales[kind as Scale['kind']] })}
        />
        {scale.kind === 'points' && (
          <WeightField
            label={t('quality.scale.most')}
            value={scale.most}
            min={1}
            onChange={(max) => change({ scale: { kind: 'points', most: max } })}
          />
        )}
        <WeightField
          label={t('quality.question.weight')}
          value={question.weight}
          onChange={(weight) => change({ weight })}
        />
        <Choice
          label={t('quality.lowest')}
          options={critical.map((value) => ({ value, label: t(`quality.lowest.${value}`) }))}
          value={question.critical}
          onChange={(value) => change({ critical: critical.find((one) => one === value) ?? 'none' })}
        />
        {before.length > 0 && (
          <Choice
            label={t('quality.onlyIf')}
            options={[
              { value: noCondition, label: t('quality.onlyIf.always') },
              ...before.map((one) => ({ value: one.id, label: one.text || t('quality.question.untitled') })),
            ]}
            value={onlyIf?.question ?? noCondition}
            onChange={(value) => {
              const { onlyIf: _, ...rest } = question
              const next = value === noCondition ? rest : { ...rest, onlyIf: { question: value, answers: [0] } }
              onChange(withQuestion(form, id, next))
            }}
          />
        )}
      </div>
      {onlyIf && conditionQuestion && (
        <Checks
          label={t('quality.onlyIf.answers')}
          options={(answersOf(conditionQuestion.scale) ?? []).map((value) => ({
            value: String(value),
            label: answerText(conditionQuestion.scale, value, t),
          }))}
          value={onlyIf.answers.map(String)}
          onChange={(answers) => change({ onlyIf: { ...onlyIf, answers: answers.map(Number) } })}
        />
      )}
      <Toggle
        label={t('quality.mayNotApply')}
        value={question.mayNotApply}
        onChange={(mayNotApply) => change({ mayNotApply })}
      />
      <div className="actions">
        <PartButtons
          title={title}
          isFirst={isFirst}
          isLast={isLast}
          onMove={(by) => onChange(moveQuestion(form, id, by))}
          onRemove={() => onChange(removeQuestion(form, id))}
        />
      </div>
    </fieldset>
  )
}

function withQuestion(form: FormContent, id: string, question: Question): FormContent {
  return {
    sections: form.sections.map((section) => ({
      ...section,
      questions: section.questions.map((one) => (one.id === id ? question : one)),
    })),
  }
}
