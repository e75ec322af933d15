import { Link, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { serverNowMs } from '../api/server-time.ts'
import type { Appointment } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { AppointmentCard, useAppointments } from './appointment-card.tsx'
import { agendaOf, readAppointmentFilter } from './office-shapes.ts'

/** A recording is kept for at most half a year, so no appointment is further ahead. */
const aheadDays = 190

/** The host's appointments: those without an outcome first, then today's and later ones (R47). */
export function AppointmentsPage() {
  const { t } = useLanguage()
  const { whose = 'mine' } = useSearch({
    from: '/appointments',
    select: readAppointmentFilter,
    structuralSharing: true,
  })
  const today = todayAt(serverNowMs())
  const { data, error, isPending, refetch } = useAppointments(
    whose,
    today.toString(),
    today.add({ days: aheadDays }).toString(),
  )
  const agenda = data && agendaOf(data.items, serverNowMs())
  const count = agenda && agenda.withoutOutcome.length + agenda.today.length + agenda.coming.length
  const announceNow = useEffectEvent((found: number) => announce(t('offices.appointments.told', { count: found })))
  useEffect(() => {
    if (count !== undefined) announceNow(count)
  }, [count, whose])
  const refreshAndAnnounce = () => {
    void refetch()
    announce(t('offices.outcome.noted'))
  }
  return (
    <Page title={t('offices.appointments.title')} lead={t('offices.appointments.lead')}>
      <nav aria-label={t('offices.appointments.whose')} className="switcher">
        <ul>
          {(['mine', 'all'] as const).map((one) => (
            <li key={one}>
              <Link
                to="/appointments"
                search={one === 'all' ? { whose: one } : {}}
                activeOptions={exactUrlMatch}
                aria-current={one === whose ? 'true' : undefined}
              >
                {t(`offices.appointments.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {isPending && <Waiting lines={6} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {count === 0 && <Notice kind="info">{t(`offices.appointments.none.${whose}`)}</Notice>}
      {agenda && agenda.withoutOutcome.length > 0 && (
        <Part
          id="unsaid"
          title={t('offices.appointments.unsaid')}
          items={agenda.withoutOutcome}
          onChanged={refreshAndAnnounce}
        />
      )}
      {agenda && count !== 0 && (
        <Part
          id="today"
          title={t('offices.appointments.today')}
          items={agenda.today}
          none={t('offices.appointments.today.none')}
          onChanged={refreshAndAnnounce}
        />
      )}
      {agenda && agenda.coming.length > 0 && (
        <Part
          id="coming"
          title={t('offices.appointments.coming')}
          items={agenda.coming}
          onChanged={refreshAndAnnounce}
        />
      )}
    </Page>
  )
}

function Part({
  id,
  title,
  items,
  none,
  onChanged,
}: {
  id: string
  title: string
  items: readonly Appointment[]
  none?: string
  onChanged: () => void
}) {
  return (
    <section className="stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {items.length === 0 && none && <p className="muted">{none}</p>}
      {items.map((appointment) => (
        <AppointmentCard key={appointment.id} appointment={appointment} onChanged={onChanged} />
      ))}
    </section>
  )
}
