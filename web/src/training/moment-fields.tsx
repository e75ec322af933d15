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
  const { t } = useLanguage()
  const hint = t('training.moment.position.hint', { length: formatPosition(durationMs) })
  return (
    <>
      <div className="training-positions">
        <Field
          label={t('training.moment.from')}
          hint={hint}
          error={wrong.from ? t('training.moment.from.wrong') : undefined}
          value={typed.from}
          onChange={(from) => onEdit({ from })}
          inputMode="decimal"
          autoComplete="off"
        />
        <Field
          label={t('training.moment.to')}
          hint={hint}
          error={wrong.to ? t('training.moment.to.wrong') : undefined}
          value={typed.to}
          onChange={(to) => onEdit({ to })}
          inputMode="decimal"
          autoComplete="off"
        />
      </div>
      <Field
        label={t('training.moment.title')}
        hint={t('training.moment.words.hint')}
        error={wrong.title ? t('training.moment.title.missing') : undefined}
        value={typed.title}
        onChange={(title) => onEdit({ title })}
        maxLength={200}
        autoComplete="off"
      />
      <Field
        label={t('training.moment.lesson')}
        value={typed.lesson}
        onChange={(lesson) => onEdit({ lesson })}
        rows={3}
        maxLength={2000}
      />
    </>
  )
}
