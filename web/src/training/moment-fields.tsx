import { Field } from '../controls/field.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import type { TypedMoment, WrongMoment } from './training-shapes.ts'

/** Fields of a moment: start, end, title and lesson. */
export function MomentFields({
  typed,
  durationMs,
  wrong,
  onEdit,
}: {
  typed: TypedMoment
  durationMs: number
  /** Fields that a submit found wrong. */
  wrong: WrongMoment
  onEdit: (edited: Partial<TypedMoment>) => void
}) {
  const { say } = useLanguage()
  const hint = say('training.moment.position.hint', { length: formatPosition(durationMs) })
  return (
    <>
      <div className="training-positions">
        <Field
          label={say('training.moment.from')}
          hint={hint}
          error={wrong.from ? say('training.moment.from.wrong') : undefined}
          value={typed.from}
          onChange={(from) => onEdit({ from })}
          inputMode="decimal"
          autoComplete="off"
        />
        <Field
          label={say('training.moment.to')}
          hint={hint}
          error={wrong.to ? say('training.moment.to.wrong') : undefined}
          value={typed.to}
          onChange={(to) => onEdit({ to })}
          inputMode="decimal"
          autoComplete="off"
        />
      </div>
      <Field
        label={say('training.moment.title')}
        hint={say('training.moment.words.hint')}
        error={wrong.title ? say('training.moment.title.missing') : undefined}
        value={typed.title}
        onChange={(title) => onEdit({ title })}
        maxLength={200}
        autoComplete="off"
      />
      <Field
        label={say('training.moment.lesson')}
        value={typed.lesson}
        onChange={(lesson) => onEdit({ lesson })}
        rows={3}
        maxLength={2000}
      />
    </>
  )
}
