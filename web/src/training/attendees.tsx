import { keepPreviousData } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Suggest } from '../controls/suggest.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Training } from './training-shapes.ts'

/** Attendees: found by name, entered one by one; on the list as long as the session is on record. */
export function Attendees({ training, onDone }: { training: Training; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const enter = $api.useMutation('put', '/api/training/sessions/{id}/attendees/{person}')
  const remove = $api.useMutation('delete', '/api/training/sessions/{id}/attendees/{person}')
  const isOpen = training.endedAt === undefined
  const heading = useRef<HTMLHeadingElement>(null)
  const act = (acting: typeof enter | typeof remove, person: string, text: string) =>
    finishRequest(acting.mutateAsync({ params: { path: { id: training.id, person } } }), async () => {
      announce(text)
      await onDone()
      // The removed attendee's button is gone.
      if (acting === remove) heading.current?.focus()
    })
  return (
    <section className="panel stack-small" aria-labelledby="training-attendees">
      <h2 id="training-attendees" ref={heading} tabIndex={-1}>
        {t('training.attendees')}
      </h2>
      {isOpen && (
        <FindTrainee
          known={training.attendees}
          onChosen={({ id, name }) => void act(enter, id, t('training.attendee.entered', { name }))}
        />
      )}
      {(enter.error ?? remove.error) && <Failure error={enter.error ?? remove.error} />}
      {training.attendees.length === 0 && <p className="muted">{t('training.attendees.none')}</p>}
      {training.attendees.length > 0 && (
        <ul className="chosen" aria-labelledby="training-attendees">
          {training.attendees.map(({ id, name }) => (
            <li key={id}>
              <span>{name}</span>
              {isOpen && (
                <Button
                  kind="quiet"
                  aria-label={t('training.attendee.remove', { name })}
                  onPress={() => void act(remove, id, t('training.attendee.removed', { name }))}
                >
                  <X aria-hidden="true" size={18} />
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function FindTrainee({
  known,
  onChosen,
}: {
  known: Training['attendees']
  onChosen: (person: { id: string; name: string }) => void
}) {
  const { t } = useLanguage()
  const [written, setWritten] = useState('')
  const part = written.trim()
  const { data, isFetching } = $api.useQuery(
    'get',
    '/api/training/people',
    { params: { query: { name: part } } },
    { enabled: part.length >= 2, placeholderData: keepPreviousData },
  )
  const found = part.length < 2 ? [] : (data?.items ?? []).filter(({ id }) => !known.some((one) => one.id === id))
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
    onChosen(chosen)
  }
  return (
    <div ref={field}>
      <Suggest
        key={chosenHere}
        label={t('training.attendee.add')}
        hint={t('training.attendee.hint')}
        value={written}
        onChange={write}
        none={t(part.length < 2 ? 'training.attendee.twoLetters' : isFetching ? 'shell.loading' : 'people.none')}
        options={found.map(({ userId, name, unitName }) => ({
          value: userId,
          label: name,
          detail: [userId, unitName].filter(Boolean).join(' · '),
        }))}
        maxLength={100}
      />
    </div>
  )
}
