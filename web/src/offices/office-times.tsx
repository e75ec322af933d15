import { parseDate } from '@internationalized/date'
import { Link, useSearch } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { Loaded } from '../controls/loaded.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { formatDate, formatTime, zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { announce } from '../shell/announce.tsx'
import { AddTimes } from './add-times.tsx'
import { byDay, mondayOf, readWeek, type Host, type Office, type Slot } from './office-shapes.ts'

/** An office's times of one week, by day: hosts and bookings; free ones can be deleted. */
export function OfficeTimes({
  office,
  hosts,
  onChanged,
}: {
  office: Office
  hosts: readonly Host[]
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const { week } = useSearch({ from: '/offices/$id', select: readWeek, structuralSharing: true })
  const monday = week ? parseDate(week) : mondayOf(todayAt(serverNowMs()))
  const sunday = monday.add({ days: 6 })
  const query = $api.useQuery(
    'get',
    '/api/slots',
    { params: { query: { from: monday.toString(), to: sunday.toString(), officeId: office.id } } },
    { staleTime: 0 },
  )
  const { data, refetch } = query
  const formatDay = (day: typeof monday) => formatDate(day.toDate(zone).toISOString(), language)
  const refreshAndAnnounce = (text: string) => {
    void refetch()
    onChanged()
    announce(text)
  }
  const searchOfWeek = (weeks: number) => ({ week: monday.add({ weeks }).toString() })
  return (
    <section className="panel stack-small" aria-labelledby="office-times">
      <h2 id="office-times" tabIndex={-1}>
        {t('offices.times.title')}
      </h2>
      <nav className="week" aria-label={t('offices.times.week')}>
        <Link
          to="/offices/$id"
          params={{ id: office.id }}
          search={searchOfWeek(-1)}
          activeOptions={exactUrlMatch}
          className="button button-secondary small"
        >
          <ChevronLeft aria-hidden="true" size={18} />
          {t('offices.times.before')}
        </Link>
        <p className="week-now" aria-live="polite">
          {formatDay(monday)}–{formatDay(sunday)}
        </p>
        <Link
          to="/offices/$id"
          params={{ id: office.id }}
          search={searchOfWeek(1)}
          activeOptions={exactUrlMatch}
          className="button button-secondary small"
        >
          {t('offices.times.after')}
          <ChevronRight aria-hidden="true" size={18} />
        </Link>
      </nav>
      <Loaded query={query} lines={4} />
      {data?.items.length === 0 && <p className="muted">{t('offices.times.none')}</p>}
      {byDay(data?.items ?? []).map(({ key, items }) => (
        <DayTimes key={key} slots={items} onRemoved={() => refreshAndAnnounce(t('offices.times.removed'))} />
      ))}
      {!office.isClosed && (
        <div className="actions actions-forms">
          <AddTimes
            office={office}
            hosts={hosts}
            week={monday}
            onAdded={(count) => refreshAndAnnounce(t('offices.times.added', { count }))}
          />
        </div>
      )}
    </section>
  )
}

function DayTimes({ slots, onRemoved }: { slots: readonly Slot[]; onRemoved: () => void }) {
  const { locale } = useLanguage()
  const first = new Date(slots[0]!.startsAt)
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }).format(first)
  // Formatted separately: within a sentence the weekday would be inflected.
  const day = `${part({ weekday: 'long' })} ${part({ day: 'numeric', month: 'numeric' })}`
  return (
    <section className="day-times">
      <h3>{day}</h3>
      <ul className="plain-list slots">
        {slots.map((slot) => (
          <OneTime key={slot.id} slot={slot} onRemoved={onRemoved} />
        ))}
      </ul>
    </section>
  )
}

function OneTime({ slot, onRemoved }: { slot: Slot; onRemoved: () => void }) {
  const { t, language } = useLanguage()
  const remove = $api.useMutation('delete', '/api/slots/{id}')
  const time = `${formatTime(slot.startsAt, language)}–${formatTime(slot.endsAt, language)}`
  const removeSlot = () =>
    finishRequest(remove.mutateAsync({ params: { path: { id: slot.id } } }), () => {
      onRemoved()
      focusHeading('office-times')
    })
  return (
    <li className={`slot ${slot.isBooked ? 'slot-booked' : ''}`}>
      <span className="slot-time">{time}</span>
      <span className="slot-host">{slot.host.name}</span>
      {slot.isBooked ? (
        <span className="badge badge-capturing">{t('offices.slot.booked')}</span>
      ) : (
        Date.parse(slot.startsAt) > serverNowMs() && (
          <Button
            kind="link"
            isBusy={remove.isPending}
            aria-label={t('offices.slot.remove.one', { time, host: slot.host.name })}
            onPress={() => void removeSlot()}
          >
            <X aria-hidden="true" size={16} />
            {t('offices.slot.remove')}
          </Button>
        )
      )}
      {remove.error != null && <Failure error={remove.error} />}
    </li>
  )
}
