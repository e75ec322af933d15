import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { Appointment, RequestDetail } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { lengths } from './office-shapes.ts'

/** Creates and books a time that starts now, for a requester who is at the office, with the viewer as host. */
export function BookNow({
  request,
  booked,
  onBooked,
}: {
  request: RequestDetail
  booked: Appointment | undefined
  onBooked: () => void
}) {
  const { t, named } = useLanguage()
  const me = useMe()
  const { data } = $api.useQuery('get', '/api/offices', undefined, { staleTime: 60_000 })
  const { data: thisBrowser } = $api.useQuery('get', '/api/workstation', undefined, { staleTime: 60_000 })
  const book = $api.useMutation('post', '/api/requests/{id}/appointments/now')
  const [chosen, setChosen] = useState('')
  const [minutes, setMinutes] = useState<number>(lengths[0])
  const isHost = data?.hosts.some(({ id }) => id === me.personId) === true
  // Only offices with a workstation.
  const offices = data?.items.filter(({ isClosed, workstations }) => !isClosed && workstations.length > 0) ?? []
  if (!isHost || offices.length === 0) return null
  const isHere = (id: string) => id === thisBrowser?.workstation?.officeId
  const office = chosen || (offices.find(({ id }) => isHere(id)) ?? (offices.length === 1 ? offices[0] : undefined))?.id
  const booking = () => {
    if (!office) return undefined
    const needs = booked
      ? { needs: booked.needs, ...(booked.interpreterLanguage && { interpreterLanguage: booked.interpreterLanguage }) }
      : { needs: [] }
    return { params: { path: { id: request.id } }, body: { officeId: office, minutes, ...needs } }
  }
  return (
    <ActStep
      open={t('offices.book.now')}
      submit={t('offices.book.now.do')}
      act={book}
      request={booking}
      onDone={onBooked}
    >
      {(isTried) => (
        <>
          <Choice
            label={t('offices.appointment.office')}
            options={offices.map(({ id, names }) => ({ value: id, label: named(names) }))}
            value={office ?? ''}
            onChange={setChosen}
            error={isTried && !office ? t('offices.book.now.office.missing') : undefined}
          />
          <Choice
            label={t('offices.times.minutes')}
            options={lengths.map((one) => ({ value: String(one), label: t('shell.time.minutes', { count: one }) }))}
            value={String(minutes)}
            onChange={(value) => setMinutes(Number(value))}
          />
          <p className="measure">{t('offices.book.now.what')}</p>
        </>
      )}
    </ActStep>
  )
}
