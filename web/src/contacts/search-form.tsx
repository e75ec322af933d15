import { Time, toCalendarDate, today, type CalendarDate, type CalendarDateTime } from '@internationalized/date'
import { Search, X } from 'lucide-react'
import { useState } from 'react'
import { Form } from 'react-aria-components'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Choice, type Option } from '../controls/choice.tsx'
import { DateRangeField, type DateRange } from '../controls/date-range.tsx'
import { Field } from '../controls/field.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { parseDay, recordedChoices, type Filters, type Recorded } from './filters.ts'

interface Draft {
  caller: string
  official: string
  number: string
  recorded: Recorded
  days: DateRange | null
  fromTime: Time | null
  toTime: Time | null
}

/** The search form. It starts from the address and, submitted, becomes the address. */
export function SearchForm({ filters, onSearch }: { filters: Filters; onSearch: (filters: Filters) => void }) {
  const { say, named } = useLanguage()
  const [draft, setDraft] = useState(() => draftOf(filters))
  // The address may change by itself (back, a saved search): the form follows. No remount, the focus stays.
  const [seen, setSeen] = useState(filters)
  if (JSON.stringify(seen) !== JSON.stringify(filters)) {
    setSeen(filters)
    setDraft(draftOf(filters))
  }
  const [wrong, setWrong] = useState<string>()
  const { data: numbers } = $api.useQuery('get', '/api/numbers', undefined, { staleTime: 600_000 })
  const change = (changed: Partial<Draft>) => setDraft({ ...draft, ...changed })

  const numberOptions: Option[] = [
    { value: '', label: say('search.number.any') },
    ...(numbers?.items ?? []).map((one) => ({ value: one.number, label: one.display, detail: named(one.name) })),
  ]
  if (draft.number && !numberOptions.some((one) => one.value === draft.number)) {
    numberOptions.push({ value: draft.number, label: draft.number })
  }

  const search = (next: Draft) => {
    if (!next.days && (next.fromTime || next.toTime)) return setWrong(say('search.time.needsDays'))
    setWrong(undefined)
    onSearch(filtersOf(next))
  }
  const quick = (daysBack: number) => {
    const end = today(zone)
    const next = { ...draft, days: { start: end.subtract({ days: daysBack }), end }, fromTime: null, toTime: null }
    setDraft(next)
    search(next)
  }

  return (
    <Form
      validationBehavior="aria"
      className="panel search-form"
      aria-label={say('search.form')}
      onSubmit={(event) => {
        event.preventDefault()
        search(draft)
      }}
    >
      <div className="search-fields">
        <Field
          className="f-caller"
          label={say('search.caller')}
          hint={say('search.caller.hint')}
          value={draft.caller}
          onChange={(caller) => change({ caller })}
          inputMode="tel"
          maxLength={64}
          autoComplete="off"
        />
        <Field
          className="f-official"
          label={say('search.official')}
          hint={say('search.official.hint')}
          value={draft.official}
          onChange={(official) => change({ official })}
          maxLength={64}
          autoComplete="off"
        />
        <Choice
          className="f-number"
          label={say('search.number')}
          options={numberOptions}
          value={draft.number}
          onChange={(number) => change({ number })}
        />
        <Choice
          className="f-recorded"
          label={say('search.recorded')}
          options={recordedChoices.map((one) => ({ value: one, label: say(`search.recorded.${one}` as Word) }))}
          value={draft.recorded}
          onChange={(recorded) => change({ recorded: recorded as Recorded })}
        />
        <div className="f-days">
          <DateRangeField
            label={say('search.days')}
            error={say('search.days.wrong')}
            value={draft.days}
            onChange={(days) => change({ days })}
          />
          <div className="quick" role="group" aria-label={say('search.quick')}>
            <Button kind="link" onPress={() => quick(0)}>
              {say('search.quick.today')}
            </Button>
            <Button kind="link" onPress={() => quick(6)}>
              {say('search.quick.week')}
            </Button>
            <Button kind="link" onPress={() => quick(29)}>
              {say('search.quick.month')}
            </Button>
          </div>
        </div>
        <div className="f-times">
          <TimeOfDay
            label={say('search.time.from')}
            value={draft.fromTime}
            onChange={(fromTime) => change({ fromTime })}
          />
          <TimeOfDay label={say('search.time.to')} value={draft.toTime} onChange={(toTime) => change({ toTime })} />
        </div>
        <div className="search-actions">
          <Button type="submit" kind="primary">
            <Search aria-hidden="true" size={18} />
            {say('search.submit')}
          </Button>
          <Button
            kind="secondary"
            onPress={() => {
              setDraft(draftOf({}))
              setWrong(undefined)
              onSearch({})
            }}
          >
            <X aria-hidden="true" size={18} />
            {say('search.clear')}
          </Button>
        </div>
      </div>
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </Form>
  )
}

function draftOf(filters: Filters): Draft {
  const from = filters.from ? parseDay(filters.from) : undefined
  const to = filters.to ? parseDay(filters.to) : undefined
  const start = from && toCalendarDate(from)
  const end = to && toCalendarDate(to)
  return {
    caller: filters.caller ?? '',
    official: filters.official ?? '',
    number: filters.number ?? '',
    recorded: filters.recorded ?? 'any',
    days: start || end ? { start: (start ?? end)!, end: (end ?? start)! } : null,
    fromTime: timeOf(from),
    toTime: timeOf(to),
  }
}

function filtersOf({ caller, official, number, recorded, days, fromTime, toTime }: Draft): Filters {
  return {
    ...(caller.trim() && { caller: caller.trim() }),
    ...(official.trim() && { official: official.trim() }),
    ...(number && { number }),
    ...(recorded !== 'any' && { recorded }),
    ...(days && { from: written(days.start, fromTime), to: written(days.end, toTime) }),
  }
}

function written(day: CalendarDate, time: Time | null): string {
  return time ? `${day.toString()}T${time.toString().slice(0, 5)}` : day.toString()
}

function timeOf(day: CalendarDate | CalendarDateTime | undefined): Time | null {
  return day && 'hour' in day ? new Time(day.hour, day.minute) : null
}
