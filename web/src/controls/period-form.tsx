import { today } from '@internationalized/date'
import { useState } from 'react'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Button } from './button.tsx'
import { DateRangeField, type DateRange } from './date-range.tsx'
import { useTries } from './use-tries.ts'
import { SubmitForm } from './submit-form.tsx'

/** Chooses a period: its days, or one of the last numbers of days. */
export function PeriodForm({
  label,
  days: given,
  problemOf,
  presets,
  presetLabel,
  onShow,
}: {
  label: string
  days: DateRange
  /** Returns why a period cannot be shown; undefined if it can. */
  problemOf: (days: DateRange) => string | undefined
  /** Numbers of days up to today. */
  presets: readonly number[]
  presetLabel: (count: number) => string
  /** Called with null if the field is empty. */
  onShow: (days: DateRange | null) => void
}) {
  const { t } = useLanguage()
  const [days, setDays] = useState<DateRange | null>(given)
  const { form, tried } = useTries()
  const show = (next: DateRange | null) => {
    tried()
    if (!next || problemOf(next) === undefined) onShow(next)
  }
  return (
    <SubmitForm ref={form} className="panel period-form" aria-label={label} onSubmit={() => show(days)}>
      <DateRangeField label={label} error={(days && problemOf(days)) ?? ''} value={days} onChange={setDays} />
      <div className="actions">
        <Button type="submit" kind="primary">
          {t('plan.period.show')}
        </Button>
        {presets.map((count) => (
          <Button
            key={count}
            kind="secondary"
            onPress={() => {
              const end = today(zone)
              const next = { start: end.subtract({ days: count - 1 }), end }
              setDays(next)
              show(next)
            }}
          >
            {presetLabel(count)}
          </Button>
        ))}
      </div>
    </SubmitForm>
  )
}
