import { useEffect, useRef, useState } from 'react'
import { draftOf, filtersOf, problemsOf, type Draft } from '../contacts/draft.ts'
import { Choice, type Option } from '../controls/choice.tsx'
import { DateRangeField } from '../controls/date-range.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { SearchButtons } from '../controls/search-buttons.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { keysBelow } from '../language/language.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { isUuid, purposes, readLogFilters, results, roles, type LogFilters } from './log-filters.ts'
import { actionText } from './log-words.ts'

interface Wrong {
  object?: Word
  times?: Word
}

/** Filter form of the log, initialised from the URL; submitting updates the URL. */
export function LogForm({ filters, onSearch }: { filters: LogFilters; onSearch: (filters: LogFilters) => void }) {
  const { t } = useLanguage()
  const [draft, setDraft] = useState(filters)
  const [time, setTime] = useState(() => timeOf(filters))
  // The URL may change without the form (back, a link to somebody’s entries); the form follows without a remount, which
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
    { value: '', label: t(any) },
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
    <SubmitForm ref={form} className="panel log-form" role="search" aria-label={t('log.form')} onSubmit={search}>
      <Field
        label={t('log.person')}
        hint={t('log.person.hint')}
        value={draft.person ?? ''}
        onChange={(person) => change({ person })}
        maxLength={100}
        autoComplete="off"
        spellCheck="false"
      />
      <Field
        label={t('log.object')}
        hint={t('log.object.hint')}
        error={wrong.object && t(wrong.object)}
        value={draft.object ?? ''}
        onChange={(object) => change({ object })}
        maxLength={36}
        autoComplete="off"
        spellCheck="false"
      />
      <Choice
        label={t('log.action')}
        options={choices(
          keysBelow('log.action').filter((action) => action !== 'any'),
          'log.action.any',
          (action) => actionText(action, t),
        )}
        value={draft.action ?? ''}
        onChange={(action) => change({ action })}
      />
      <Choice
        label={t('log.result')}
        options={choices(results, 'log.result.any', (result) => t(`log.result.${result}` as Word))}
        value={draft.result ?? ''}
        onChange={(result) => change({ result })}
      />
      <Choice
        label={t('log.role')}
        options={choices(roles, 'log.role.any', (role) => t(`rights.role.${role}` as Word))}
        value={draft.role ?? ''}
        onChange={(role) => change({ role })}
      />
      <Choice
        label={t('log.purpose')}
        options={choices(purposes, 'log.purpose.any', (purpose) => t(`session.purpose.${purpose}` as Word))}
        value={draft.purpose ?? ''}
        onChange={(purpose) => change({ purpose })}
      />
      <Field
        label={t('log.reference')}
        value={draft.reference ?? ''}
        onChange={(reference) => change({ reference })}
        maxLength={64}
        autoComplete="off"
        spellCheck="false"
      />
      <div className="log-times">
        <DateRangeField
          label={t('contacts.search.days')}
          error={t('contacts.search.days.wrong')}
          value={time.days}
          onChange={(days) => setTime({ ...time, days })}
        />
        <TimeOfDay
          label={t('contacts.search.time.from')}
          isWrong={wrong.times != null}
          value={time.fromTime}
          onChange={(fromTime) => setTime({ ...time, fromTime })}
        />
        <TimeOfDay
          label={t('contacts.search.time.to')}
          isWrong={wrong.times != null}
          value={time.toTime}
          onChange={(toTime) => setTime({ ...time, toTime })}
        />
      </div>
      {wrong.times && (
        <p className="field-error" role="alert">
          {t(wrong.times)}
        </p>
      )}
      <SearchButtons
        className="actions log-actions"
        onClear={() => {
          setDraft({})
          setTime(timeOf({}))
          setWrong({})
          onSearch({})
        }}
      />
    </SubmitForm>
  )
}

function timeOf({ from, to }: LogFilters): Draft {
  return draftOf({ ...(from && { from }), ...(to && { to }) })
}
