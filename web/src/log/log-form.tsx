import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Form } from 'react-aria-components'
import { draftOf, filtersOf, problemsOf, type Draft } from '../contacts/draft.ts'
import { Button } from '../controls/button.tsx'
import { Choice, type Option } from '../controls/choice.tsx'
import { DateRangeField } from '../controls/date-range.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { isUuid, purposes, readLogFilters, results, roles, type LogFilters } from './log-filters.ts'
import { actions, sayAction } from './log-words.ts'

interface Wrong {
  object?: Word
  times?: Word
}

/** Filter form of the log. Starts from the address; submitting changes the address. */
export function LogForm({ filters, onSearch }: { filters: LogFilters; onSearch: (filters: LogFilters) => void }) {
  const { say } = useLanguage()
  const [draft, setDraft] = useState(filters)
  const [time, setTime] = useState(() => timeOf(filters))
  // The address may change without the form (back, a link to somebody’s entries); the form follows without a remount, which
  // would lose the focus.
  const [seen, setSeen] = useState(filters)
  if (JSON.stringify(seen) !== JSON.stringify(filters)) {
    setSeen(filters)
    setDraft(filters)
    setTime(timeOf(filters))
  }
  const [wrong, setWrong] = useState<Wrong>({})
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => focusWrong(form.current), [wrong])

  const change = (changed: Partial<Record<keyof LogFilters, string>>) =>
    setDraft({ ...draft, ...(changed as Partial<LogFilters>) })
  const choices = (values: readonly string[], any: Word, label: (value: string) => string): Option[] => [
    { value: '', label: say(any) },
    ...values.map((value) => ({ value, label: label(value) })),
  ]
  const search = () => {
    const object = draft.object?.trim() ?? ''
    const times = problemsOf(time)
    const found: Wrong = {
      ...(object !== '' && !isUuid(object) && { object: 'log.object.wrong' }),
      ...((times.times ?? times.days) && { times: times.times ?? times.days }),
    }
    setWrong(found)
    if (Object.keys(found).length > 0) return
    const { from, to } = filtersOf(time)
    onSearch(readLogFilters({ ...draft, from, to, entry: undefined }))
  }

  return (
    <Form
      ref={form}
      validationBehavior="aria"
      className="panel log-form"
      role="search"
      aria-label={say('log.form')}
      onSubmit={(event) => {
        event.preventDefault()
        search()
      }}
    >
      <Field
        label={say('log.person')}
        hint={say('log.person.hint')}
        value={draft.person ?? ''}
        onChange={(person) => change({ person })}
        maxLength={100}
        autoComplete="off"
        spellCheck="false"
      />
      <Field
        label={say('log.object')}
        hint={say('log.object.hint')}
        error={wrong.object && say(wrong.object)}
        value={draft.object ?? ''}
        onChange={(object) => change({ object })}
        maxLength={36}
        autoComplete="off"
        spellCheck="false"
      />
      <Choice
        label={say('log.action')}
        options={choices(actions, 'log.action.any', (action) => sayAction(action, say))}
        value={draft.action ?? ''}
        onChange={(action) => change({ action })}
      />
      <Choice
        label={say('log.result')}
        options={choices(results, 'log.result.any', (result) => say(`log.result.${result}` as Word))}
        value={draft.result ?? ''}
        onChange={(result) => change({ result })}
      />
      <Choice
        label={say('log.role')}
        options={choices(roles, 'log.role.any', (role) => say(`rights.role.${role}` as Word))}
        value={draft.role ?? ''}
        onChange={(role) => change({ role })}
      />
      <Choice
        label={say('log.purpose')}
        options={choices(purposes, 'log.purpose.any', (purpose) => say(`session.purpose.${purpose}` as Word))}
        value={draft.purpose ?? ''}
        onChange={(purpose) => change({ purpose })}
      />
      <Field
        label={say('log.reference')}
        value={draft.reference ?? ''}
        onChange={(reference) => change({ reference })}
        maxLength={64}
        autoComplete="off"
        spellCheck="false"
      />
      <div className="log-times">
        <DateRangeField
          label={say('contacts.search.days')}
          error={say('contacts.search.days.wrong')}
          value={time.days}
          onChange={(days) => setTime({ ...time, days })}
        />
        <TimeOfDay
          label={say('contacts.search.time.from')}
          isWrong={wrong.times != null}
          value={time.fromTime}
          onChange={(fromTime) => setTime({ ...time, fromTime })}
        />
        <TimeOfDay
          label={say('contacts.search.time.to')}
          isWrong={wrong.times != null}
          value={time.toTime}
          onChange={(toTime) => setTime({ ...time, toTime })}
        />
      </div>
      {wrong.times && (
        <p className="field-error" role="alert">
          {say(wrong.times)}
        </p>
      )}
      <div className="actions log-actions">
        <Button type="submit" kind="primary">
          <Search aria-hidden="true" size={18} />
          {say('contacts.search.submit')}
        </Button>
        <Button
          kind="secondary"
          onPress={() => {
            setDraft({})
            setTime(timeOf({}))
            setWrong({})
            onSearch({})
          }}
        >
          <X aria-hidden="true" size={18} />
          {say('contacts.search.clear')}
        </Button>
      </div>
    </Form>
  )
}

function timeOf({ from, to }: LogFilters): Draft {
  return draftOf({ ...(from && { from }), ...(to && { to }) })
}
