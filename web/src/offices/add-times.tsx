import { Time, type CalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { ActStep } from '../controls/step.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { lengths, seriesTimes, type Host, type Office } from './office-shapes.ts'

/** Adds a series of times on one day, for one host, with a preview. */
export function AddTimes({
  office,
  hosts,
  week,
  onAdded,
}: {
  office: Office
  hosts: readonly Host[]
  /** Monday of the shown week. */
  week: CalendarDate
  onAdded: (count: number) => void
}) {
  const { t } = useLanguage()
  const add = $api.useMutation('post', '/api/offices/{id}/slots')
  const [day, setDay] = useState<CalendarDate | null>(null)
  const [from, setFrom] = useState<Time | null>(new Time(9))
  const [to, setTo] = useState<Time | null>(new Time(12))
  const [minutes, setMinutes] = useState(60)
  const [host, setHost] = useState('')
  const today = todayAt(serverNowMs())
  const times = seriesTimes(from, to, minutes)
  const request = () => {
    if (!day || day.compare(today) < 0 || !from || !to || times.length === 0 || host === '') return undefined
    const body = { day: day.toString(), from: clock(from), to: clock(to), minutes, hostId: host }
    return { params: { path: { id: office.id } }, body }
  }
  return (
    <ActStep
      open={t('offices.times.add')}
      submit={t('offices.times.add.do')}
      act={add}
      request={request}
      onDone={({ added }) => onAdded(added)}
      onOpen={() => {
        setDay((before) => before ?? (week.compare(today) > 0 ? week : today.add({ days: 1 })))
        setHost((before) => before || (hosts.length === 1 ? hosts[0]!.id : ''))
      }}
    >
      {(isTried) => (
        <>
          <div className="step-times">
            <Day
              label={t('offices.times.day')}
              value={day}
              onChange={setDay}
              minValue={today}
              error={isTried && (!day || day.compare(today) < 0) ? t('offices.times.day.missing') : undefined}
            />
            <TimeOfDay
              label={t('offices.times.from')}
              isWrong={isTried && times.length === 0}
              value={from}
              onChange={setFrom}
            />
            <TimeOfDay
              label={t('offices.times.to')}
              isWrong={isTried && times.length === 0}
              value={to}
              onChange={setTo}
            />
          </div>
          <div className="step-times">
            <Choice
              label={t('offices.times.minutes')}
              options={lengths.map((one) => ({ value: String(one), label: t('shell.time.minutes', { count: one }) }))}
              value={String(minutes)}
              onChange={(value) => setMinutes(Number(value))}
            />
            <Choice
              label={t('offices.times.host')}
              hint={t('offices.times.host.hint')}
              options={hosts.map(({ id, name }) => ({ value: id, label: name }))}
              value={host}
              onChange={setHost}
              error={isTried && host === '' ? t('offices.times.host.missing') : undefined}
            />
          </div>
          <p aria-live="polite" className={isTried && times.length === 0 ? 'field-error' : undefined}>
            {times.length === 0
              ? t('offices.times.row.none')
              : t('offices.times.row', { count: times.length, times: times.join(', ') })}
          </p>
        </>
      )}
    </ActStep>
  )
}

function clock({ hour, minute }: Time): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
