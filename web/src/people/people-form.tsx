import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Choice, type Option } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { SearchButtons } from '../controls/search-buttons.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { employedChoices, readPeopleFilters, type PeopleFilters } from './filters.ts'

/** Filter form of the directory, initialised from the URL; submitting updates the URL. */
export function PeopleForm({
  filters,
  onSearch,
}: {
  filters: PeopleFilters
  onSearch: (filters: PeopleFilters) => void
}) {
  const { t } = useLanguage()
  const [draft, setDraft] = useState(filters)
  // The URL may change without the form (back, a saved search); the form follows without a remount, which would lose the
  // focus.
  const [seen, setSeen] = useState(filters)
  if (JSON.stringify(seen) !== JSON.stringify(filters)) {
    setSeen(filters)
    setDraft(filters)
  }
  const { data: units } = $api.useQuery('get', '/api/units', undefined, { staleTime: 60_000 })
  const unitOptions: Option[] = [
    { value: '', label: t('people.unit.any') },
    ...(units?.items ?? []).map(({ name }) => ({ value: name, label: name })),
  ]
  if (draft.unit && !unitOptions.some(({ value }) => value === draft.unit)) {
    unitOptions.push({ value: draft.unit, label: draft.unit })
  }
  return (
    <SubmitForm
      className="panel people-form"
      role="search"
      aria-label={t('people.form')}
      onSubmit={() => onSearch(readPeopleFilters({ ...draft }))}
    >
      <Field
        className="people-q"
        label={t('people.q')}
        hint={t('people.q.hint')}
        value={draft.q ?? ''}
        onChange={(q) => setDraft({ ...draft, q })}
        maxLength={100}
        autoComplete="off"
        spellCheck="false"
      />
      <Choice
        label={t('people.person.unit')}
        options={unitOptions}
        value={draft.unit ?? ''}
        onChange={(unit) => setDraft({ ...draft, unit })}
      />
      <Choice
        label={t('people.employed')}
        options={employedChoices.map((one) => ({ value: one, label: t(`people.employed.${one}` as Word) }))}
        value={draft.employed ?? 'now'}
        onChange={(employed) => setDraft({ ...draft, employed: employed as (typeof employedChoices)[number] })}
      />
      <SearchButtons
        onClear={() => {
          setDraft({})
          onSearch({})
        }}
      />
    </SubmitForm>
  )
}
