import {
  Time,
  parseAbsolute,
  toCalendarDate,
  toCalendarDateTime,
  toTime,
  toZoned,
  today,
  type CalendarDate,
} from '@internationalized/date'
import { useState } from 'react'
import { Day } from '../../controls/day.tsx'
import { Field } from '../../controls/field.tsx'
import { TimeOfDay } from '../../controls/time-of-day.tsx'
import { zone } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { fieldId } from '../form/form-state.tsx'

/** Reason and effective instant of the change. */
export function ReasonAndTime({
  reason,
  reasonError,
  effectiveFrom,
  timeError,
  onReason,
  onEffectiveFrom,
}: {
  reason: string
  reasonError: string | undefined
  effectiveFrom: string | undefined
  timeError: string | undefined
  onReason: (reason: string) => void
  onEffectiveFrom: (instant: string) => void
}) {
  const { t } = useLanguage()
  const [typed, setTyped] = useState(() => partsOf(effectiveFrom))
  // Follows changes that were saved or discarded elsewhere.
  const [seen, setSeen] = useState(effectiveFrom)
  if (seen !== effectiveFrom) {
    setSeen(effectiveFrom)
    if (instantOf(typed) !== effectiveFrom) setTyped(partsOf(effectiveFrom))
  }
  const set = (next: Typed) => {
    setTyped(next)
    const instant = instantOf(next)
    if (instant !== undefined) onEffectiveFrom(instant)
  }
  return (
    <section className="panel stack" aria-labelledby="draft-why">
      <h2 id="draft-why">{t('description.draft.why')}</h2>
      <Field
        id={fieldId('reason')}
        label={t('description.draft.reason')}
        hint={t('description.draft.reason.hint')}
        error={reasonError}
        rows={3}
        value={reason}
        onChange={onReason}
        maxLength={2000}
      />
      <div className="row-fields">
        <Day
          id={fieldId('effectiveFrom')}
          label={t('description.draft.day')}
          error={timeError}
          value={typed.day}
          minValue={today(zone)}
          onChange={(day) => set({ day, time: typed.time ?? new Time(0, 0) })}
        />
        <TimeOfDay
          label={t('description.draft.time')}
          isWrong={timeError !== undefined}
          value={typed.time}
          onChange={(time) => set({ ...typed, time })}
        />
      </div>
      <p className="hint">{t('description.draft.day.hint')}</p>
    </section>
  )
}

interface Typed {
  day: CalendarDate | null
  time: Time | null
}

function partsOf(instant: string | undefined): Typed {
  if (instant === undefined) return { day: null, time: null }
  const inFinland = parseAbsolute(instant, zone)
  return { day: toCalendarDate(inFinland), time: toTime(inFinland) }
}

function instantOf({ day, time }: Typed): string | undefined {
  if (!day || !time) return undefined
  return toZoned(toCalendarDateTime(day, time), zone).toAbsoluteString()
}
