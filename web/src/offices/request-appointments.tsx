import { $api } from '../api/client.ts'
import type { Appointment, RequestDetail } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatEnd, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { StepSection } from '../requests/step-section.tsx'
import { headingOf, stateOf } from '../requests/steps.ts'
import { announce } from '../shell/announce.tsx'
import { Needs, Urgent } from './appointment-card.tsx'
import { BookNow } from './book-now.tsx'
import { BookTime } from './book-time.tsx'
import { bookable, lastOutcome } from './bookable.ts'
import { RecordOutcome } from './record-outcome.tsx'

/** Appointments of a request: booked, moved, withdrawn, and earlier outcomes (R47). */
export function Appointments({ request, onChanged }: { request: RequestDetail; onChanged: () => void }) {
  const { t, language } = useLanguage()
  const outcome = lastOutcome(request)
  // After HEARD or WITHDRAWN there is nothing to play, unless another call was added since; the server checks.
  const isDone = outcome === 'HEARD' || outcome === 'WITHDRAWN'
  const requested = { params: { path: { id: request.id } } }
  const { data: slots } = $api.useQuery('get', '/api/requests/{id}/slots', requested, {
    enabled: isDone && !request.closed,
    staleTime: 0,
  })
  const judged = bookable(request)
  const may = judged === 'yes' && isDone && slots?.latest === undefined ? 'done' : judged
  const booked = request.appointments.find(({ state }) => state === 'BOOKED')
  const earlier = request.appointments.filter(({ state }) => state !== 'BOOKED')
  if (may === 'not-asked' && request.appointments.length === 0) return null
  const refreshAndAnnounce = (text: string) => {
    onChanged()
    announce(text)
    focusHeading(headingOf.appointments)
  }
  return (
    <StepSection
      step="appointments"
      state={stateOf('appointments', request)}
      mark={booked?.isUrgent && <Urgent />}
      summary={earlier.at(-1) && <Earlier appointment={earlier.at(-1)!} />}
    >
      <div className="stack-small">
        {booked && <Booked appointment={booked} />}
        {!booked && request.isUrgent && may === 'yes' && request.firstEnd && (
          <Notice kind="warning">
            {t('offices.appointment.urgent.what', { time: formatInstant(request.firstEnd, language) })}
          </Notice>
        )}
        {outcome && !request.closed && <p className="measure">{t(nextAfter(outcome, may === 'yes'))}</p>}
        {!booked && may !== 'yes' && may !== 'not-asked' && may !== 'done' && (
          <p className="muted">{t(`offices.appointments.here.${may}`)}</p>
        )}
        {!booked && may === 'yes' && !outcome && <p className="muted">{t('offices.appointments.here.none')}</p>}
        {may === 'yes' && (
          <div className="actions actions-forms">
            <BookTime request={request} booked={booked} onBooked={() => refreshAndAnnounce(t('offices.book.done'))} />
            <BookNow
              request={request}
              booked={booked}
              onBooked={() => refreshAndAnnounce(t('offices.book.now.done'))}
            />
            {booked && (
              <RecordOutcome appointment={booked} onRecorded={() => refreshAndAnnounce(t('offices.outcome.noted'))} />
            )}
          </div>
        )}
        {earlier.length > 0 && (
          <>
            <h3>{t('offices.appointments.earlier')}</h3>
            <ul className="plain-list earlier">
              {earlier.map((one) => (
                <li key={one.id}>
                  <Earlier appointment={one} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </StepSection>
  )
}

/** Next acts after an outcome. */
function nextAfter(outcome: 'HEARD' | 'NO_SHOW' | 'WITHDRAWN' | 'OVER', canBook: boolean) {
  if (outcome !== 'OVER' && canBook)
    return outcome === 'NO_SHOW' ? 'offices.appointment.next.again' : 'offices.appointment.next.rest'
  return outcome === 'NO_SHOW' ? 'offices.appointment.next.gone' : (`offices.appointment.next.${outcome}` as const)
}

function Booked({ appointment }: { appointment: Appointment }) {
  const { t, language, named } = useLanguage()
  const { slot, latest } = appointment
  // A listening needs a workstation: warns if the office has none.
  const { data } = $api.useQuery('get', '/api/offices', undefined, { staleTime: 60_000 })
  const hasWorkstation = data?.items.find(({ id }) => id === slot.office.id)?.workstations.length !== 0
  return (
    <>
      {appointment.isUrgent && latest && (
        <Notice kind="warning">
          {t('offices.appointment.urgent.booked', { time: formatInstant(latest, language) })}
        </Notice>
      )}
      {!hasWorkstation && <Notice kind="warning">{t('offices.appointment.workstation.none')}</Notice>}
      <dl className="facts">
        <Fact label={t('offices.appointment.time')}>
          {formatInstant(slot.startsAt, language)}
          <span className="second">
            {t('offices.appointment.until', { time: formatEnd(slot.endsAt, slot.startsAt, language) })}
          </span>
        </Fact>
        <Fact label={t('offices.appointment.office')}>
          {named(slot.office.names)}
          <span className="second">{named(slot.office.address)}</span>
        </Fact>
        <Fact label={t('offices.appointment.host')}>{slot.host.name}</Fact>
        <Fact label={t('offices.appointment.needs')}>
          <Needs appointment={appointment} />
        </Fact>
        {latest && <Fact label={t('offices.appointment.latest')}>{formatDate(latest, language)}</Fact>}
      </dl>
    </>
  )
}

function Earlier({ appointment: { slot, state } }: { appointment: Appointment }) {
  const { t, language, named } = useLanguage()
  return (
    <>
      {formatInstant(slot.startsAt, language)}, {named(slot.office.names)}:{' '}
      <strong>{t(`offices.appointment.state.${state}`)}</strong>
    </>
  )
}
