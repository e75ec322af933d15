import { sql } from 'kysely'
import { databaseAct, databaseAnswer } from '#safeguards/access/database-request.ts'
import type { MomentComment } from './evaluate.ts'
import type { Answers, Form } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { unchangeableRefusals } from './quality-refusals.ts'
import { type Scored, scoreForm } from './score-form.ts'

interface OwnEvaluationRow {
  id: string
  state: 'RELEASED' | 'ACKNOWLEDGED'
  formName: string
  formLanguage: FormLanguage
  form: Form
  contactId: string
  segmentId: string
  number: string
  startedAt: string
  /** The evaluation ends with its recording. */
  destroyAt: string
  answers: Answers
  comments: MomentComment[]
  note: string
  releasedAt: string
  acknowledgedAt?: string
  disagreedAt?: string
  disagreement?: string
  answeredAt?: string
  answerOutcome?: 'KEPT' | 'REOPENED'
  answer?: string
}
export type OwnEvaluation = OwnEvaluationRow & { score: Scored }

/** Lists released evaluations of the viewer's own calls only (R39). */
export const listOwnEvaluations = databaseAnswer(
  () => ({
    statement: sql<{ value: OwnEvaluationRow }>`select list_own_evaluations as value from list_own_evaluations()`,
    refusals: ['deny.role'],
    action: 'quality.own-read',
    object: { kind: 'evaluation' },
  }),
  (rows) => rows.map(({ value }): OwnEvaluation => ({ ...value, score: scoreForm(value.form, value.answers) })),
)

/** Records that the official has read an evaluation; idempotent. */
export const acknowledgeEvaluation = databaseAct((id: string) => ({
  statement: sql`select answer_own_evaluation(${id}::uuid, null)`,
  refusals: unchangeableRefusals,
  action: 'quality.evaluation-acknowledged',
  object: { kind: 'evaluation', id },
}))

/** Records the official's disagreement and reason, which is answered once. */
export const disagreeWithEvaluation = databaseAct((id: string, reasons: string) => ({
  statement: sql`select answer_own_evaluation(${id}::uuid, ${reasons})`,
  refusals: [...unchangeableRefusals, 'quality.disagreed', 'input.identity-code'],
  action: 'quality.disagreed',
  object: { kind: 'evaluation', id },
}))
