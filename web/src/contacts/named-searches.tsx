import { today } from '@internationalized/date'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Step } from '../controls/step.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Filters } from './filters.ts'
import {
  filtersOfSaved,
  maxNameLength,
  maxSearches,
  searchToSave,
  storedSearches,
  storeSearches,
  withSaved,
  type SavedSearch,
} from './saved-searches.ts'

/** Named searches of the signed-in person, each with a button that runs it, and a form that names the current search. */
export function NamedSearches({
  personId,
  filters,
  onSearch,
}: {
  personId: string
  filters: Filters
  onSearch: (filters: Filters) => void
}) {
  const { t } = useLanguage()
  const [searches, setSearches] = useState(() => storedSearches(personId))
  const [name, setName] = useState('')
  const [isTried, setTried] = useState(false)
  const written = name.trim()
  const setAndStore = (next: SavedSearch[]) => {
    setSearches(next)
    storeSearches(personId, next)
  }
  const save = async () => {
    setTried(true)
    if (written === '') return false
    setAndStore(withSaved(searches, searchToSave(written, filters, today(zone))))
    setName('')
    announce(t('contacts.saved.done', { name: written }))
    return true
  }
  const hasFilters = Object.keys(filters).length > 0
  if (searches.length === 0 && !hasFilters) return null
  return (
    <div className="saved-searches" role="group" aria-label={t('contacts.saved')}>
      {searches.map((one) => (
        <span key={one.name} className="saved-search">
          <Button kind="link" onPress={() => onSearch(filtersOfSaved(one, today(zone)))}>
            {one.name}
          </Button>
          <Button
            kind="quiet"
            className="saved-remove"
            aria-label={t('contacts.saved.remove', { name: one.name })}
            onPress={() => setAndStore(searches.filter((other) => other !== one))}
          >
            <Trash2 aria-hidden="true" size={14} />
          </Button>
        </span>
      ))}
      {hasFilters && searches.length < maxSearches && (
        <Step
          open={t('contacts.saved.save')}
          submit={t('contacts.saved.save.do')}
          kind="link"
          isBusy={false}
          error={undefined}
          onOpen={() => setTried(false)}
          onSubmit={save}
        >
          <Field
            label={t('contacts.saved.name')}
            hint={t('contacts.saved.name.hint')}
            error={isTried && written === '' ? t('contacts.saved.name.missing') : undefined}
            value={name}
            onChange={setName}
            maxLength={maxNameLength}
          />
        </Step>
      )}
    </div>
  )
}
