import { today } from '@internationalized/date'
import { useState } from 'react'
import { Form } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { DateRangeField, type DateRange } from '../controls/date-range.tsx'
import { useTries } from '../controls/use-tries.ts'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { isPeriod } from './reconciliation-shapes.ts'

/** Chooses the period. */
export function PeriodForm({ days: given, onShow }: { days: DateRange; onShow: (days: DateRange) => void }) {
  const { t } = useLanguage()
  const [days, setDays] = useState<DateRange | null>(given)
  const { form, tried } = useTries()
  const error =
    !days || isPeriod(days.start, days.end)
      ? ''
      : t(days.end.compare(days.start) < 0 ? 'contacts.search.days.wrong' : 'reconciliation.period.long')
  const show = (next: DateRange | null) => {
    tried()
    if (next && isPeriod(next.start, next.end)) onShow(next)
  }
  return (
    <Form
      ref={form}
      validationBehavior="aria"
      className="panel period-form"
      aria-label={t('reconciliation.period')}
      onSubmit={(event) => {
        event.preventDefault()
        show(days)
      }}
    >
      <DateRangeField label={t('reconciliation.period')} error={error} value={days} onChange={setDays} />
      <div className="actions">
        <Button type="submit" kind="primary">
          {t('plan.period.show')}
        </Button>
        {([7, 28, 90] as const).map((count) => (
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
            {t('reconciliation.period.days', { count })}
          </Button>
        ))}
      </div>
    </Form>
  )
}
