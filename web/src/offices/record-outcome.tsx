import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Appointment } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'

const outcomes = ['HEARD', 'NO_SHOW', 'WITHDRAWN'] as const
type Outcome = (typeof outcomes)[number]

/**
 * Records the outcome of an appointment; a future one can only be withdrawn. Recordings that waited for it are destroyed then
 * (AC12).
 */
export function RecordOutcome({ appointment, onRecorded }: { appointment: Appointment; onRecorded: () => void }) {
  const { t } = useLanguage()
  const record = $api.useMutation('post', '/api/appointments/{id}/outcome')
  const hasBegun = Date.parse(appointment.slot.startsAt) <= serverNowMs()
  const offered: readonly Outcome[] = hasBegun ? outcomes : ['WITHDRAWN']
  const [chosen, setChosen] = useState<Outcome>('HEARD')
  const outcome = offered.includes(chosen) ? chosen : offered[0]!
  return (
    <ActStep
      open={t(hasBegun ? 'offices.outcome.note' : 'offices.outcome.withdraw')}
      submit={t(hasBegun ? 'offices.outcome.note.do' : 'offices.outcome.withdraw.do')}
      act={record}
      request={() => ({ params: { path: { id: appointment.id } }, body: { outcome } })}
      onDone={onRecorded}
    >
      {offered.length > 1 && (
        <Choice
          label={t('offices.outcome.label')}
          options={offered.map((value) => ({ value, label: t(`offices.outcome.${value}`) }))}
          value={outcome}
          onChange={(value) => setChosen(value as Outcome)}
        />
      )}
      <p className="measure">{t(hasBegun ? 'offices.outcome.what' : 'offices.outcome.withdraw.what')}</p>
    </ActStep>
  )
}
