import { parseAbsolute, Time, toCalendarDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Step } from '../controls/step.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { AppointmentFields, appointmentOf, type Appointment } from './appointment-fields.tsx'
import { outcomes, type Inspection, type Outcome } from './inspection-shapes.ts'

/** Sets the appointment, or moves it. */
export function MoveAppointment({ inspection, onMoved }: { inspection: Inspection; onMoved: () => void }) {
  const { say } = useLanguage()
  const { appointment, latestAppointment, id } = inspection
  const move = $api.useMutation('post', '/api/inspections/{id}/appointment')
  const [written, setWritten] = useState<Appointment>(() => writtenOf(appointment))
  const [isTried, setTried] = useState(false)
  const submit = async () => {
    setTried(true)
    const body = appointmentOf(written, latestAppointment)
    if (!body) return false
    return move.mutateAsync({ params: { path: { id } }, body }).then(
      () => {
        onMoved()
        return true
      },
      () => false,
    )
  }
  return (
    <Step
      open={say(appointment ? 'inspections.move' : 'inspections.set')}
      submit={say('inspections.set.do')}
      isBusy={move.isPending}
      error={move.error}
      onSubmit={submit}
    >
      <AppointmentFields value={written} onChange={setWritten} latest={latestAppointment} isTried={isTried} />
    </Step>
  )
}

/** Closes an inspection with how it ended; a prohibition that waited for it is carried out. */
export function CloseInspection({ inspection, onClosed }: { inspection: Inspection; onClosed: () => void }) {
  const { say } = useLanguage()
  const close = $api.useMutation('post', '/api/inspections/{id}/close')
  const [outcome, setOutcome] = useState<Outcome>('heard')
  const submit = () =>
    close.mutateAsync({ params: { path: { id: inspection.id } }, body: { outcome } }).then(
      () => {
        onClosed()
        return true
      },
      () => false,
    )
  return (
    <Step
      open={say('inspections.close')}
      submit={say('inspections.close.do')}
      isBusy={close.isPending}
      error={close.error}
      onSubmit={submit}
    >
      <p>{say('inspections.close.what')}</p>
      <Choice
        label={say('inspections.outcome')}
        options={outcomes.map((value) => ({ value, label: say(`inspections.outcome.${value}`) }))}
        value={outcome}
        onChange={(value) => setOutcome(value as Outcome)}
      />
    </Step>
  )
}

function writtenOf(appointment: Inspection['appointment']): Appointment {
  if (!appointment) return { day: null, time: new Time(9), office: '' }
  const at = parseAbsolute(appointment.at, zone)
  return { day: toCalendarDate(at), time: new Time(at.hour, at.minute), office: appointment.office }
}
