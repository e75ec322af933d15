import type { CalendarDate, Time } from '@internationalized/date'
import { serverNowMs } from '../api/server-time.ts'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Say } from '../language/use-words.ts'
import type { Language } from '../language/language.ts'
import { instantOf } from '../retention/until.ts'

export interface Appointment {
  day: CalendarDate | null
  time: Time | null
  office: string
}

/** The instant and the office; undefined where something is missing or too late. */
export function appointmentOf(
  { day, time, office }: Appointment,
  latest: string | undefined,
): { at: string; office: string } | undefined {
  if (!day || !time || office.trim() === '') return undefined
  const at = instantOf(day, time)
  const ms = Date.parse(at)
  if (ms <= serverNowMs() || (latest !== undefined && ms >= Date.parse(latest))) return undefined
  return { at, office: office.trim() }
}

/** When and at which office the recording is heard; before it is destroyed (R47). */
export function AppointmentFields({
  value,
  onChange,
  latest,
  isTried,
}: {
  value: Appointment
  onChange: (value: Appointment) => void
  /** An instant that it must lie before. */
  latest: string | undefined
  isTried: boolean
}) {
  const { say, language } = useLanguage()
  const wrong = isTried ? timeWrong(value, latest, say, language) : undefined
  return (
    <>
      <div className="step-times">
        <Day
          label={say('inspections.appointment.day')}
          hint={latest && say('inspections.appointment.before', { time: formatInstant(latest, language) })}
          error={wrong}
          value={value.day}
          onChange={(day) => onChange({ ...value, day })}
        />
        <TimeOfDay
          label={say('inspections.appointment.time')}
          isWrong={isTried && !value.time}
          value={value.time}
          onChange={(time) => onChange({ ...value, time })}
        />
      </div>
      <Field
        label={say('inspections.office')}
        hint={say('inspections.office.hint')}
        error={isTried && value.office.trim() === '' ? say('inspections.office.missing') : undefined}
        value={value.office}
        onChange={(office) => onChange({ ...value, office })}
        maxLength={200}
        autoComplete="off"
      />
    </>
  )
}

function timeWrong(
  { day, time }: Appointment,
  latest: string | undefined,
  say: Say,
  language: Language,
): string | undefined {
  if (!day || !time) return say('inspections.appointment.missing')
  const ms = Date.parse(instantOf(day, time))
  if (ms <= serverNowMs()) return say('inspections.appointment.past')
  if (latest !== undefined && ms >= Date.parse(latest)) {
    return say('inspections.appointment.late', { time: formatInstant(latest, language) })
  }
  return undefined
}
