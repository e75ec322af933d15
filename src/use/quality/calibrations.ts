import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { databaseAnswer, databaseRow, logRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { type SafeguardsDatabase, safeguardsOf } from '#safeguards/tables.ts'
import { agreementByQuestion } from './agreement-by-question.ts'
import type { Answers, Form } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { unchangeableRefusals } from './quality-refusals.ts'
import { type CalibrationSummary, summariseCalibration } from './summarise-calibration.ts'

export interface Calibration {
  id: string
  name: string
  formId: string
  formName: string
  formVersion: number
  formLanguage: FormLanguage
  begunAt: string
  /** True if the viewer began the calibration. */
  isMine: boolean
  /** Number of participants, and of those who have finished. */
  begun: number
  finished: number
  /** The viewer's own evaluation. */
  myEvaluation?: string
  isFinished?: boolean
  closedAt?: string
  /** When its recording was destroyed. */
  endedAt?: string
  destroyAt?: string
  /** Set once the calibration is closed. */
  summary?: CalibrationSummary
}

const joinRefusals = [...unchangeableRefusals, 'quality.calibration-closed'] as const
const closeRefusals = [...joinRefusals, 'quality.too-few'] as const

/** Lists calibrations, with the agreement on each question where there are enough calibrations. */
export const listCalibrations = databaseAnswer(
  () => ({
    statement: sql<{ value: Calibration }>`select list_calibrations as value from list_calibrations()`,
    refusals: ['deny.role'],
    action: 'quality.calibrations-read',
    object: { kind: 'calibration' },
  }),
  (rows) => {
    const items = rows.map(({ value }) => value)
    return { items, agreement: agreementByQuestion(items) }
  },
)

/** Begins a calibration: everybody who may evaluate the recording can take part, without seeing the others. */
export const beginCalibration = databaseRow(
  ({ recordingId, formId, name }: { recordingId: string; formId: string; name: string }) => ({
    statement: sql<{ id: string }>`
      select begin_calibration(${recordingId}::uuid, ${formId}::uuid, ${name}) as id`,
    refusals: [...unchangeableRefusals, 'quality.form-not-published', 'input.identity-code'],
    action: 'quality.calibration-begun',
    object: { kind: 'calibration' },
  }),
)

/** Joins a calibration; returns the id of the viewer's own evaluation in it. */
export const joinCalibration = databaseRow((id: string) => ({
  statement: sql<{ id: string }>`select join_calibration(${id}::uuid) as id`,
  refusals: joinRefusals,
  action: 'quality.evaluation-begun',
  object: { kind: 'calibration', id },
}))

/** Closes a calibration: spread and agreement become visible, without names. */
export async function closeCalibration(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof closeRefusals)[number]>> {
  const closing = inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<{ value: { answers: Answers[]; form: Form } }>`
      select close_calibration(${id}::uuid) as value`.execute(tx)
    const { answers, form } = rows[0]!.value
    const summary = JSON.stringify(summariseCalibration(form, answers))
    await sql`select record_calibration_summary(${id}::uuid, ${summary}::jsonb)`.execute(tx)
    return 'done' as const
  })
  const trace = { action: 'quality.calibration-closed', object: { kind: 'calibration', id } } as const
  return logRefusal(db, session, closing, closeRefusals, trace)
}
