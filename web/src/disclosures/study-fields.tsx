import { parseDate } from '@internationalized/date'
import { serverNowMs } from '../api/server-time.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { todayAt } from '../retention/until.ts'
import type { SoundFormat } from './disclosure-shapes.ts'

export interface StudyTyped {
  study: string
  /** Day of the contract; empty if none is chosen. */
  dueOn: string
  format: SoundFormat
}

/** Returns the error of each field. */
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
  /** When the earliest of its recordings is destroyed, formatted. */
  until?: string | undefined
}) {
  const { say } = useLanguage()
  const wrong = wrongStudy(typed)
  return (
    <>
      <Field
        id="disclosure-study"
        label={say('disclosures.study')}
        hint={say('disclosures.study.hint')}
        error={isTried && wrong.study ? say('disclosures.study.missing') : undefined}
        value={typed.study}
        onChange={(study) => onChange({ study })}
        maxLength={200}
        autoComplete="off"
      />
      <Day
        id="disclosure-due"
        label={say('disclosures.dueOn')}
        hint={until ? say('disclosures.dueOn.before', { time: until }) : say('disclosures.dueOn.hint')}
        error={isTried && wrong.dueOn ? say('disclosures.dueOn.wrong') : refused && say(refused)}
        value={typed.dueOn === '' ? null : parseDate(typed.dueOn)}
        onChange={(day) => onChange({ dueOn: day?.toString() ?? '' })}
      />
      <Choice
        label={say('disclosures.format')}
        options={(['OPUS', 'WAV'] as const).map((value) => ({ value, label: say(`disclosures.format.${value}`) }))}
        value={typed.format}
        onChange={(format) => onChange({ format: format as SoundFormat })}
      />
    </>
  )
}
