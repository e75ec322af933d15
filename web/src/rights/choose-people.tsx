import { keepPreviousData } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Suggest } from '../controls/suggest.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Candidate } from './rights-shapes.ts'

/** Chooses the persons of a request: found by name, added one by one. */
export function ChoosePeople({
  people,
  onChange,
  error,
}: {
  people: readonly Candidate[]
  onChange: (people: Candidate[]) => void
  error?: string | undefined
}) {
  const { t } = useLanguage()
  const [written, setWritten] = useState('')
  const q = written.trim()
  const { data, isFetching } = $api.useQuery(
    'get',
    '/api/rights/offer',
    { params: { query: q ? { q } : {} } },
    { placeholderData: keepPreviousData },
  )
  // Results of earlier text are ignored.
  const matches = (text: string) => text.toLowerCase().includes(q.toLowerCase())
  const found = (data?.people ?? []).filter(
    ({ id, name, userId }) => !people.some((one) => one.id === id) && (matches(name) || matches(userId)),
  )
  // After a choice the field is emptied and remounted closed, and keeps the focus.
  const field = useRef<HTMLDivElement>(null)
  const [chosenHere, setChosenHere] = useState(0)
  useEffect(() => {
    if (chosenHere > 0) field.current?.querySelector('input')?.focus()
  }, [chosenHere])
  const write = (value: string) => {
    const chosen = found.find(({ userId }) => userId === value.trim().toLowerCase())
    if (!chosen) return setWritten(value)
    setWritten('')
    setChosenHere(chosenHere + 1)
    announce(t('rights.people.added', { name: chosen.name }))
    return onChange([...people, chosen])
  }
  return (
    <div className="stack-small" ref={field}>
      <Suggest
        key={chosenHere}
        label={t('rights.people.add')}
        hint={t('rights.people.hint')}
        error={error}
        value={written}
        onChange={write}
        none={isFetching ? t('shell.loading') : t('people.none')}
        options={found.map(({ userId, name, unit }) => ({
          value: userId,
          label: name,
          detail: [userId, unit].filter(Boolean).join(' · '),
        }))}
        maxLength={100}
      />
      {people.length > 0 && (
        <ul className="chosen" aria-label={t('rights.people')}>
          {people.map((person) => (
            <li key={person.id}>
              <span>
                {person.name}
                <span className="second">{[person.userId, person.unit].filter(Boolean).join(' · ')}</span>
              </span>
              <Button
                kind="quiet"
                aria-label={t('rights.people.remove', { name: person.name })}
                onPress={() => onChange(people.filter(({ id }) => id !== person.id))}
              >
                <X aria-hidden="true" size={18} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
