import {
  filterOf,
  filterNames,
  maxFilterLength,
  type FilterName,
} from '../../../src/app/http/contract/contact-filters.ts'
import { today } from '@internationalized/date'
import { useEffect, useRef, useState, type ComponentProps } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Choice, type Option } from '../controls/choice.tsx'
import { DateRangeField } from '../controls/date-range.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { SearchButtons } from '../controls/search-buttons.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { answersCalls } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { draftOf, filtersOf, problemsOf, type Draft, type DraftProblems } from './draft.ts'
import type { Filters } from './filters.ts'

/** Search form, initialised from the URL. Submitting it updates the URL. */
export function SearchForm({ filters, onSearch }: { filters: Filters; onSearch: (filters: Filters) => void }) {
  const { t } = useLanguage()
  const presence = usePresence()
  const hasOwnCalls = presence.state === 'signed-in' && answersCalls(presence.me)
  const [draft, setDraft] = useState(() => draftOf(filters))
  // The URL may change without the form (back, a saved search). The form is updated without a remount, which would lose the
  // focus.
  const [seen, setSeen] = useState(filters)
  if (JSON.stringify(seen) !== JSON.stringify(filters)) {
    setSeen(filters)
    setDraft(draftOf(filters))
  }
  const [wrong, setWrong] = useState<DraftProblems>({})
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => focusWrong(form.current), [wrong])
  const change = (changed: Partial<Draft>) => setDraft({ ...draft, ...changed })

  const search = (next: Draft) => {
    const problems = problemsOf(next)
    setWrong(problems)
    if (Object.keys(problems).length === 0) onSearch(filtersOf(next))
  }
  const quick = (daysBack: number, daysUntil = 0) => {
    const [start, end] = [daysBack, daysUntil].map((days) => today(zone).subtract({ days }))
    const next = { ...draft, days: { start: start!, end: end! }, fromTime: null, toTime: null }
    setDraft(next)
    search(next)
  }

  return (
    <SubmitForm
      ref={form}
      className="panel search-form"
      aria-label={t('contacts.search.form')}
      onSubmit={() => search(draft)}
    >
      <div className="search-fields">
        {filterNames.map((name) => (
          <FilterField
            key={name}
            name={name}
            value={draft[name]}
            error={wrong[name]}
            hasOwnCalls={hasOwnCalls}
            onChange={(value) => change({ [name]: value })}
          />
        ))}
        <div className="f-days">
          <DateRangeField
            label={t('contacts.search.days')}
            error={t('contacts.search.days.wrong')}
            value={draft.days}
            onChange={(days) => change({ days })}
          />
          <div className="quick" role="group" aria-label={t('contacts.search.quick')}>
            <Button kind="link" onPress={() => quick(0)}>
              {t('contacts.search.quick.today')}
            </Button>
            <Button kind="link" onPress={() => quick(1, 1)}>
              {t('contacts.search.quick.yesterday')}
            </Button>
            <Button kind="link" onPress={() => quick(6)}>
              {t('contacts.search.quick.week')}
            </Button>
            <Button kind="link" onPress={() => quick(29)}>
              {t('contacts.search.quick.month')}
            </Button>
          </div>
        </div>
        <div className="f-times">
          <TimeOfDay
            label={t('contacts.search.time.from')}
            isWrong={wrong.times != null}
            value={draft.fromTime}
            onChange={(fromTime) => change({ fromTime })}
          />
          <TimeOfDay
            label={t('contacts.search.time.to')}
            isWrong={wrong.times != null}
            value={draft.toTime}
            onChange={(toTime) => change({ toTime })}
          />
        </div>
        <SearchButtons
          className="search-actions"
          onClear={() => {
            setDraft(draftOf({}))
            setWrong({})
            onSearch({})
          }}
        />
      </div>
      {wrong.times && (
        <p className="field-error" role="alert">
          {t(wrong.times)}
        </p>
      )}
    </SubmitForm>
  )
}

interface FilterFieldProps {
  name: FilterName
  value: string
  error: Word | undefined
  hasOwnCalls: boolean
  onChange: (value: string) => void
}

/** Field of one filter, by its kind. */
function FilterField({ name, value, error, hasOwnCalls, onChange }: FilterFieldProps) {
  const { t } = useLanguage()
  const filter = filterOf(name)
  const shown = { className: `f-${name}`, label: t(`contacts.search.${name}`), value, onChange }
  if (filter.kind === 'service-number') return <ServiceNumber {...shown} />
  if (filter.kind === 'choice') {
    const options = filter.values.map((one) => ({ value: one, label: t(`contacts.search.${name}.${one}` as Word) }))
    return <Choice {...shown} options={options} />
  }
  return (
    <Field
      {...shown}
      hint={t(
        name === 'caller' && hasOwnCalls ? 'contacts.search.caller.hint.own' : (`contacts.search.${name}.hint` as Word),
      )}
      error={error && t(error)}
      {...(filter.kind === 'phone' && { inputMode: 'tel' })}
      maxLength={maxFilterLength}
      autoComplete="off"
    />
  )
}

/** Service number. Options: the register's numbers, and the URL's number if the register does not have it. */
function ServiceNumber(shown: Omit<ComponentProps<typeof Choice>, 'options'>) {
  const { t, named } = useLanguage()
  const { data: numbers } = $api.useQuery('get', '/api/numbers', undefined, { staleTime: 600_000 })
  const options: Option[] = [
    { value: '', label: t('contacts.search.number.any') },
    ...(numbers?.items ?? []).map((one) => ({ value: one.number, label: one.display, detail: named(one.name) })),
  ]
  if (shown.value && !options.some((one) => one.value === shown.value)) {
    options.push({ value: shown.value, label: shown.value })
  }
  return <Choice {...shown} options={options} />
}
