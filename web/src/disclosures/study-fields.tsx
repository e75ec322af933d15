import { parseDate } from '@internationalized/date'
import { serverNowMs } from '../api/server-time.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import type { SoundFormat } from './disclosure-shapes.ts'

export interface StudyTyped {
  study: string
  /** Day of the contract; empty if none is chosen. */
  dueOn: string
  format: SoundFormat
}

/** Returns which fields are wrong. */
export function wrongStudy({ study, dueOn }: StudyTyped): { study: boolean; dueOn: boolean } {
  return { study: study.trim() === '', dueOn: dueOn === '' || dueOn < todayAt(serverNowMs()).toString() }
}

/** Study, the institute's due day, and the audio format. */
export function StudyFields({
  typed,
  isTried,
  refused,
  onChange,
  until,
}: {
  typed: StudyTyped
  isTried: boolean
  /** Refusal about the day. */
  refused?: Word | undefined
  onChange: (edited: Partial<StudyTyped>) => void
  /** Formatted time at which the earliest of the study's recordings is destroyed. */
  until?: string | undefined
}) {
  const { t } = useLanguage()
  const wrong = wrongStudy(typed)
  return (
    <>
      <Field
        id="disclosure-study"
        label={t('disclosures.study')}
        hint={t('disclosures.study.hint')}
        error={isTried && wrong.study ? t('disclosures.study.missing') : undefined}
        value={typed.study}
        onChange={(study) => onChange({ study })}
        maxLength={200}
        autoComplete="off"
      />
      <Day
        id="disclosure-due"
        label={t('disclosures.dueOn')}
        hint={until ? t('disclosures.dueOn.before', { time: until }) : t('disclosures.dueOn.hint')}
        error={isTried && wrong.dueOn ? t('disclosures.dueOn.wrong') : refused && t(refused)}
        value={typed.dueOn === '' ? null : parseDate(typed.dueOn)}
        onChange={(day) => onChange({ dueOn: day?.toString() ?? '' })}
      />
      <Choice
        label={t('disclosures.format')}
        options={(['OPUS', 'WAV'] as const).map((value) => ({ value, label: t(`disclosures.format.${value}`) }))}
        value={typed.format}
        onChange={(format) => onChange({ format: format as SoundFormat })}
      />
    </>
  )
}
