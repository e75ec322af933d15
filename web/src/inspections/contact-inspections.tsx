import { Time, type CalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { ContactDetail, SegmentDetail } from '../api/shapes.ts'
import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Failure } from '../controls/failure.tsx'
import { Step } from '../controls/step.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { Toggle } from '../controls/toggle.tsx'
import { formatDate, zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { instantOf, todayAt } from '../retention/until.ts'
import { announce } from '../shell/announce.tsx'
import { AppointmentFields, appointmentOf, type Appointment } from './appointment-fields.tsx'
import { InspectionCard } from './inspection-card.tsx'
import { firstEnd, parties, type Party } from './inspection-shapes.ts'

/** Inspections of the call in sight, for the Service Unit: those that are open, and opening one. */
export function ContactInspections({
  contact,
  reference,
  onChanged,
}: {
  contact: ContactDetail
  /** The request under which the call is looked at. */
  reference: string
  onChanged: () => void
}) {
  const { say } = useLanguage()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/api/inspections',
    { params: { query: { state: 'open' } } },
    { staleTime: 0 },
  )
  const mine = data?.items.filter(({ contactId }) => contactId === contact.id) ?? []
  const held = contact.segments.filter(({ recording }) => recording.id && recording.state !== 'destroyed')
  const changed = () => {
    void refetch()
    onChanged()
  }
  return (
    <section className="panel stack-small" aria-labelledby="contact-inspections">
      <h2 id="contact-inspections" tabIndex={-1}>
        {say('inspections.here')}
      </h2>
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && mine.length === 0 && <p className="muted">{say('inspections.here.none')}</p>}
      {mine.map((inspection) => (
        <InspectionCard key={inspection.id} inspection={inspection} onChanged={changed} />
      ))}
      {held.length > 0 ? (
        <OpenInspection contactId={contact.id} held={held} reference={reference} onOpened={changed} />
      ) : (
        <p className="muted">{say('inspections.nothing')}</p>
      )}
    </section>
  )
}

function OpenInspection({
  contactId,
  held,
  reference,
  onOpened,
}: {
  contactId: string
  held: readonly SegmentDetail[]
  reference: string
  onOpened: () => void
}) {
  const { say, language } = useLanguage()
  const open = $api.useMutation('post', '/api/inspections')
  const [party, setParty] = useState<Party>('CALLER')
  const [received, setReceived] = useState(() => receivedNow())
  const [chosen, setChosen] = useState<string[]>(() => held.flatMap(({ recording }) => recording.id ?? []))
  const [withAppointment, setWithAppointment] = useState(false)
  const [appointment, setAppointment] = useState<Appointment>({ day: null, time: new Time(9), office: '' })
  const [isTried, setTried] = useState(false)
  const latest = firstEnd({
    recordings: held
      .filter(({ recording }) => recording.id && chosen.includes(recording.id))
      .map(({ recording }) => ({ id: recording.id!, state: 'available', ...pick(recording.destroyAt) })),
  })
  const receivedAt = receivedOf(received)
  const submit = async () => {
    setTried(true)
    const when = withAppointment ? appointmentOf(appointment, latest) : undefined
    if (!receivedAt || chosen.length === 0 || (withAppointment && !when)) return false
    const body = { contactId, recordingIds: chosen, reference, receivedAt, party, ...(when && { appointment: when }) }
    return open.mutateAsync({ body }).then(
      () => {
        announce(say('inspections.opened'))
        onOpened()
        return true
      },
      () => false,
    )
  }
  return (
    <Step
      open={say('inspections.open.do')}
      submit={say('inspections.open.submit')}
      isBusy={open.isPending}
      error={open.error}
      onOpen={() => {
        setReceived(receivedNow())
        setTried(false)
      }}
      onSubmit={submit}
    >
      <p>{say('inspections.open.what', { reference })}</p>
      <Choice
        label={say('inspections.party')}
        options={parties.map((value) => ({ value, label: say(`party.${value}`) }))}
        value={party}
        onChange={(value) => setParty(value as Party)}
      />
      <div className="step-times">
        <Day
          label={say('inspections.receivedAt')}
          error={isTried && !receivedAt ? say('inspections.receivedAt.wrong') : undefined}
          value={received.day}
          onChange={(day) => setReceived({ ...received, day })}
        />
        <TimeOfDay
          label={say('inspections.appointment.time')}
          isWrong={isTried && !received.time}
          value={received.time}
          onChange={(time) => setReceived({ ...received, time })}
        />
      </div>
      {held.length > 1 && (
        <Checks
          label={say('inspections.recordings')}
          error={isTried && chosen.length === 0 ? say('inspections.recordings.missing') : undefined}
          options={held.map(({ recording, official }, index) => ({
            value: recording.id!,
            label: say('inspections.recording', { position: index + 1, name: official?.name ?? '–' }),
            ...(recording.destroyAt && {
              detail: say('recording.destroyBy', { date: formatDate(recording.destroyAt, language) }),
            }),
          }))}
          value={chosen}
          onChange={setChosen}
        />
      )}
      <Toggle label={say('inspections.now')} value={withAppointment} onChange={setWithAppointment} />
      {withAppointment && (
        <AppointmentFields value={appointment} onChange={setAppointment} latest={latest} isTried={isTried} />
      )}
    </Step>
  )
}

interface Received {
  day: CalendarDate | null
  time: Time | null
}

function receivedNow(): Received {
  const nowMs = serverNowMs()
  const [hour, minute] = new Intl.DateTimeFormat('fi-FI', { hour: 'numeric', minute: 'numeric', timeZone: zone })
    .format(new Date(nowMs))
    .split('.')
  return { day: todayAt(nowMs), time: new Time(Number(hour), Number(minute)) }
}

/** An instant that is not ahead; undefined otherwise. */
function receivedOf({ day, time }: Received): string | undefined {
  if (!day || !time) return undefined
  const at = instantOf(day, time)
  return Date.parse(at) <= serverNowMs() ? at : undefined
}

function pick(destroyAt: string | undefined) {
  return destroyAt === undefined ? {} : { destroyAt }
}
