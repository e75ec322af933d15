import { sql } from 'kysely'
import { requestList, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { actOnQuality, commonRefusals, requestQuality, unchangeableRefusals } from './act-on-quality.ts'
import type { Answers, Form } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { validAnswers, scoreForm, type Scored } from './score-form.ts'

export type EvaluationState = 'WAITING' | 'DRAFT' | 'FINISHED' | 'RELEASED' | 'ACKNOWLEDGED' | 'SET_ASIDE' | 'ENDED'

/** A comment on a moment of the recording, for one question or none. */
export interface MomentComment {
  id: string
  atMs: number
  question?: string
  text: string
}

interface Disagreement {
  disagreedAt?: string
  disagreement?: string
  answeredAt?: string
  answerOutcome?: 'KEPT' | 'REOPENED'
  answer?: string
}

export interface ListedEvaluation {
  id: string
  kind: 'SAMPLED' | 'CALIBRATION'
  state: EvaluationState
  planName?: string
  week?: string
  calibrationName?: string
  formName: string
  recordingId?: string
  unitName?: string
  number: string
  startedAt?: string
  durationMs?: number
  destroyAt?: string
  isMine: boolean
  isTaken: boolean
  total?: number
  isFailed?: boolean
  releasedAt?: string
  acknowledgedAt?: string
  disagreedAt?: string
  answeredAt?: string
  endedAt?: string
  /** `term`: the recording's term has ended. `forbidden`: its use was forbidden. */
  endWhy?: 'term' | 'forbidden'
}

interface StoredEvaluation extends Disagreement {
  id: string
  kind: 'SAMPLED' | 'CALIBRATION'
  state: EvaluationState
  planName?: string
  formId: string
  formVersion?: number
  /** Newest version of the form; an evaluation keeps the version with which it began. */
  newestVersion?: number
  formName?: string
  formLanguage: FormLanguage
  form: Form | null
  recordingId?: string
  contactId?: string
  segmentId?: string
  number: string
  unitName?: string
  officialName?: string
  startedAt?: string
  durationMs?: number
  destroyAt?: string
  /** Why the evaluation cannot be changed now. */
  standsStill?: 'recording.destroyed' | 'recording.restricted' | 'recording.not-yet-kept'
  isMine: boolean
  revision: number
  answers: Answers
  comments: MomentComment[]
  note: string
  savedAt?: string
  releasedAt?: string
  acknowledgedAt?: string
  endedAt?: string
  endWhy?: 'term' | 'forbidden'
}
export type ReadEvaluation = StoredEvaluation & { score?: Scored }

export interface Work {
  /** Revision as read: the work is refused if the evaluation has changed since. */
  revision: number
  answers: Answers
  comments: MomentComment[]
  note: string
}

const changeRefusals = [
  ...unchangeableRefusals,
  'quality.taken',
  'quality.released',
  'quality.changed-meanwhile',
] as const
const saveRefusals = [...changeRefusals, 'input.identity-code'] as const
const takeRefusals = [...unchangeableRefusals, 'quality.taken'] as const
const answerRefusals = [...unchangeableRefusals, 'quality.nothing-to-answer', 'input.identity-code'] as const

/** Lists what the viewer may evaluate, evaluates or has evaluated, of recordings within reach. */
export function listEvaluations(
  db: SafeguardsDatabase,
  session: Session,
): Promise<ListedEvaluation[] | Refused<'deny.role'>> {
  const statement = sql<{ value: ListedEvaluation }>`select list_evaluations as value from list_evaluations()`
  return requestList(db, session, statement, { action: 'quality.queue-read', object: { kind: 'evaluation' } })
}

/** Returns an evaluation with its form and present score. */
export async function readEvaluation(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<ReadEvaluation | Refused<(typeof commonRefusals)[number]>> {
  const trace = { action: 'quality.evaluation-read', kind: 'evaluation', id } as const
  const statement = sql<{ value: StoredEvaluation }>`select read_evaluation(${id}::uuid) as value`
  const answer = await requestQuality(db, session, trace, statement, commonRefusals)
  if ('refused' in answer) return answer
  const { value } = answer
  return { ...value, ...(value.form && { score: scoreForm(value.form, value.answers) }) }
}

/** Takes an evaluation from the queue, with the newest version of its form; idempotent. */
export function beginEvaluation(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof takeRefusals)[number]>> {
  const trace = { action: 'quality.evaluation-begun', kind: 'evaluation', id } as const
  return actOnQuality(db, session, trace, sql`select begin_evaluation(${id}::uuid)`, takeRefusals)
}

/**
 * Saves answers and comments. Answers outside their scale are dropped.
 * @returns the new revision and the score
 */
export async function saveEvaluation(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, answers, comments, note }: Work,
): Promise<{ revision: number; score: Scored } | Refused<(typeof saveRefusals)[number]>> {
  const trace = { action: 'quality.evaluation-saved', kind: 'evaluation', id } as const
  const work = await requestQuality(db, session, trace, workOf(id), changeRefusals)
  if ('refused' in work) return work
  const { form } = work.value
  const valid = validAnswers(form, answers)
  const statement = sql<{ value: number }>`
    select save_evaluation(${id}::uuid, ${revision}, ${JSON.stringify(valid)}::jsonb, ${JSON.stringify(comments)}::jsonb,
      ${note}) as value`
  const answer = await requestQuality(db, session, trace, statement, saveRefusals)
  return 'refused' in answer ? answer : { revision: answer.value, score: scoreForm(form, valid) }
}

/**
 * Releases an evaluation to the official; in a calibration, marks it as finished.
 * @returns `quality.unanswered` if a question lacks its answer
 */
export async function releaseEvaluation(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  revision: number,
): Promise<'done' | Refused<(typeof changeRefusals)[number]> | { refused: 'quality.unanswered'; of: string }> {
  const trace = { action: 'quality.evaluation-released', kind: 'evaluation', id } as const
  const work = await requestQuality(db, session, trace, workOf(id), changeRefusals)
  if ('refused' in work) return work
  const { unanswered, total, isFailed, sections } = scoreForm(work.value.form, work.value.answers)
  const [waiting] = unanswered
  if (waiting !== undefined) return { refused: 'quality.unanswered', of: waiting }
  const score = JSON.stringify({ total, isFailed, sections })
  const statement = sql`select release_evaluation(${id}::uuid, ${revision}, ${score}::jsonb)`
  return actOnQuality(db, session, trace, statement, changeRefusals)
}

/**
 * Sets an evaluation aside for good, or returns it to the queue for an evaluator less close to the official.
 * @returns `isFollowed`, if set aside for good: true if the next recording of the draw replaced it
 */
export async function setAside(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  reason: 'unsuitable' | 'too-close',
): Promise<{ isFollowed?: boolean } | Refused<(typeof takeRefusals)[number]>> {
  const trace = { action: 'quality.evaluation-set-aside', kind: 'evaluation', id } as const
  const statement = sql<{ value: boolean | null }>`select set_aside_evaluation(${id}::uuid, ${reason}) as value`
  const answer = await requestQuality(db, session, trace, statement, takeRefusals)
  if ('refused' in answer) return answer
  return answer.value === null ? {} : { isFollowed: answer.value }
}

/** Answers an official's disagreement: the evaluation stays, or is reopened. */
export function answerDisagreement(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { outcome, text }: { outcome: 'KEPT' | 'REOPENED'; text: string },
): Promise<'done' | Refused<(typeof answerRefusals)[number]>> {
  const trace = { action: 'quality.disagreement-answered', kind: 'evaluation', id } as const
  const statement = sql`select answer_disagreement(${id}::uuid, ${outcome}, ${text})`
  return actOnQuality(db, session, trace, statement, answerRefusals)
}

function workOf(id: string) {
  return sql<{ value: { form: Form; answers: Answers } }>`select evaluation_work(${id}::uuid) as value`
}
