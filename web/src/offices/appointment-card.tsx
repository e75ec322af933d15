import { Link } from '@tanstack/react-router'
import { CalendarClock, Headphones } from 'lucide-react'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Appointment } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatSpan } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useOpenRoom } from '../listening-room/use-open-room.ts'
import { RecordOutcome } from './record-outcome.tsx'
import { SoundCheck } from './sound-check.tsx'

/** One appointment for its host: time, place, the listener's needs, outcome; at the workstation, its start. */
export function AppointmentCard({ appointment, onChanged }: { appointment: Appointment; onChanged: () => void }) {
  const { t, language, named } = useLanguage()
  const title = useId()
  const { slot, state } = appointment
  const isPast = Date.parse(slot.startsAt) <= serverNowMs()
  return (
    <article className="panel stack-small" aria-labelledby={title}>
      <div className="alarm-head">
        <h3 id={title} tabIndex={-1}>
          {formatSpan(slot.startsAt, slot.endsAt, language)}
        </h3>
        {state !== 'BOOKED' && <span className="badge badge-none">{t(`offices.appointment.state.${state}`)}</span>}
        {appointment.isUrgent && state === 'BOOKED' && <Urgent />}
      </div>
      <dl className="facts">
        <Fact label={t('offices.appointment.request')}>
          <Link to="/requests/$id" params={{ id: appointment.requestId }}>
            {appointment.requestNumber}
          </Link>
        </Fact>
        <Fact label={t('offices.appointment.office')}>
          {named(slot.office.names)}
          <span className="second">{named(slot.office.address)}</span>
        </Fact>
        <Fact label={t('offices.appointment.host')}>{slot.host.name}</Fact>
        <Fact label={t('offices.appointment.language')}>{t(`shell.language.${appointment.language}`)}</Fact>
        <Fact label={t('offices.appointment.needs')}>
          <Needs appointment={appointment} />
        </Fact>
      </dl>
      {appointment.canBeOpened && <OpenRoom appointment={appointment} />}
      {state === 'BOOKED' && !appointment.canBeOpened && (
        <p className="muted">{t(isPast ? 'offices.appointment.past' : 'offices.appointment.opens')}</p>
      )}
      {state === 'BOOKED' && (
        <div className="actions actions-forms">
          <RecordOutcome appointment={appointment} onRecorded={onChanged} />
        </div>
      )}
    </article>
  )
}

export function Urgent() {
  const { t } = useLanguage()
  return (
    <span className="badge badge-live-failing">
      <CalendarClock aria-hidden="true" size={16} />
      {t('offices.appointment.urgent')}
    </span>
  )
}

/** The listener's needs, one word each. */
export function Needs({ appointment: { needs, interpreterLanguage } }: { appointment: Appointment }) {
  const { t } = useLanguage()
  if (needs.length === 0) return <span className="muted">{t('offices.appointment.needs.none')}</span>
  return (
    <ul className="plain-list">
      {needs.map((need) => (
        <li key={need}>
          {t(`offices.need.${need}`)}
          {need === 'INTERPRETER' && interpreterLanguage && `: ${interpreterLanguage}`}
        </li>
      ))}
    </ul>
  )
}

/** Starts the listening mode at this workstation. */
function OpenRoom({ appointment }: { appointment: Appointment }) {
  const { t } = useLanguage()
  const { open, isBusy, error } = useOpenRoom()
  return (
    <Notice kind="success" title={t('offices.appointment.open.title')}>
      <p>{t('offices.appointment.open.what')}</p>
      <SoundCheck />
      <Button kind="primary" isBusy={isBusy} onPress={() => void open(appointment.id)}>
        <Headphones aria-hidden="true" size={20} />
        {t('offices.appointment.open')}
      </Button>
      {error != null && <Failure error={error} />}
    </Notice>
  )
}

/** Reads appointments. Always stale, because acts change them. */
export function useAppointments(whose: 'mine' | 'all', from: string, to: string) {
  return $api.useQuery('get', '/api/appointments', { params: { query: { from, to, whose } } }, { staleTime: 0 })
}
