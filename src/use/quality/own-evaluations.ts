import { sql } from 'kysely'
import { requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { actOnQuality, unchangeableRefusals } from './act-on-quality.ts'
import type { MomentComment } from './evaluate.ts'
import type { Answers, Form } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { scoreForm, type Scored } from './score-form.ts'

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

const disagreeRefusals = [...unchangeableRefusals, 'quality.disagreed', 'input.identity-code'] as const

/** Lists released evaluations of the viewer's own calls only (R39). */
export async function listOwnEvaluations(
  db: SafeguardsDatabase,
  session: Session,
): Promise<OwnEvaluation[] | Refused<'deny.role'>> {
  const answer = await requestDatabase(
    db,
    session,
    sql<{ value: OwnEvaluationRow }>`select list_own_evaluations as value from list_own_evaluations()`,
    ['deny.role'] as const,
    { action: 'quality.own-read', object: { kind: 'evaluation' } },
  )
  if ('refused' in answer) return answer
  return answer.rows.map(({ value }) => ({ ...value, score: scoreForm(value.form, value.answers) }))
}

/** Records that the official has read an evaluation; idempotent. */
export function acknowledgeEvaluation(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof unchangeableRefusals)[number]>> {
  const trace = { action: 'quality.evaluation-acknowledged', kind: 'evaluation', id } as const
  return actOnQuality(db, session, trace, sql`select answer_own_evaluation(${id}::uuid, null)`, unchangeableRefusals)
}

/** Records the official's disagreement and reason, which is answered once. */
export function disagreeWithEvaluation(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  reasons: string,
): Promise<'done' | Refused<(typeof disagreeRefusals)[number]>> {
  const trace = { action: 'quality.disagreed', kind: 'evaluation', id } as const
  return actOnQuality(db, session, trace, sql`select answer_own_evaluation(${id}::uuid, ${reasons})`, disagreeRefusals)
}
