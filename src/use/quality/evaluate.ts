import { sql } from 'kysely'
import { omitNullish } from '#platform/omit-nullish.ts'
import {
  databaseAct,
  databaseAnswer,
  databaseRow,
  databaseValue,
  databaseValues,
} from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { Answers, Form } from './form.ts'
import type { FormLanguage } from './forms.ts'
import { commonRefusals, unchangeableRefusals } from './quality-refusals.ts'
import { type Score, type Scored, scoreForm, validAnswers } from './score-form.ts'

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
const takeRefusals = [...unchangeableRefusals, 'quality.taken'] as const

/** Lists what the viewer may evaluate, evaluates or has evaluated, of recordings within reach. */
export const listEvaluations = databaseValues(() => ({
  statement: sql<{ value: ListedEvaluation }>`select list_evaluations as value from list_evaluations()`,
  refusals: ['deny.role'],
  action: 'quality.queue-read',
  object: { kind: 'evaluation' },
}))

/** Returns an evaluation with its form and present score. */
export const readEvaluation = databaseAnswer(
  (id: string) => ({
    statement: sql<{ value: StoredEvaluation }>`select read_evaluation(${id}::uuid) as value`,
    refusals: commonRefusals,
    action: 'quality.evaluation-read',
    object: { kind: 'evaluation', id },
  }),
  ([row]): ReadEvaluation => {
    const { value } = row!
    return { ...value, ...(value.form && { score: scoreForm(value.form, value.answers) }) }
  },
)

/** Takes an evaluation from the queue, with the newest version of its form; idempotent. */
export const beginEvaluation = databaseAct((id: string) => ({
  statement: sql`select begin_evaluation(${id}::uuid)`,
  refusals: takeRefusals,
  action: 'quality.evaluation-begun',
  object: { kind: 'evaluation', id },
}))

/**
 * Saves answers and comments. Answers outside their scale are dropped.
 * @returns the new revision and the score
 */
export async function saveEvaluation(db: SafeguardsDatabase, session: Session, id: string, work: Work) {
  const stored = await readWork(db, session, id, 'quality.evaluation-saved')
  if ('refused' in stored) return stored
  const answers = validAnswers(stored.form, work.answers)
  const saved = await storeWork(db, session, id, { ...work, answers })
  return 'refused' in saved ? saved : { ...saved, score: scoreForm(stored.form, answers) }
}

/**
 * Releases an evaluation to the official; in a calibration, marks it as finished.
 * @returns `quality.unanswered` if a question lacks its answer
 */
export async function releaseEvaluation(db: SafeguardsDatabase, session: Session, id: string, revision: number) {
  const work = await readWork(db, session, id, 'quality.evaluation-released')
  if ('refused' in work) return work
  const { unanswered, total, isFailed, sections } = scoreForm(work.form, work.answers)
  const [waiting] = unanswered
  if (waiting !== undefined) return { refused: 'quality.unanswered' as const, of: waiting }
  return release(db, session, id, revision, { total, isFailed, sections })
}

const readWork = databaseValue((id: string, action: 'quality.evaluation-saved' | 'quality.evaluation-released') => ({
  statement: sql<{ value: { form: Form; answers: Answers } }>`select evaluation_work(${id}::uuid) as value`,
  refusals: changeRefusals,
  action,
  object: { kind: 'evaluation', id },
}))

const storeWork = databaseRow((id: string, { revision, answers, comments, note }: Work) => ({
  statement: sql<{ revision: number }>`
    select save_evaluation(${id}::uuid, ${revision}, ${JSON.stringify(answers)}::jsonb, ${JSON.stringify(comments)}::jsonb,
      ${note}) as revision`,
  refusals: [...changeRefusals, 'input.identity-code'],
  action: 'quality.evaluation-saved',
  object: { kind: 'evaluation', id },
}))

const release = databaseAct((id: string, revision: number, score: Score) => ({
  statement: sql`select release_evaluation(${id}::uuid, ${revision}, ${JSON.stringify(score)}::jsonb)`,
  refusals: changeRefusals,
  action: 'quality.evaluation-released',
  object: { kind: 'evaluation', id },
}))

/**
 * Sets an evaluation aside for good, or returns it to the queue for an evaluator less close to the official.
 * @returns `isFollowed`, if set aside for good: true if the next recording of the draw replaced it
 */
export const setAside = databaseAnswer(
  (id: string, reason: 'unsuitable' | 'too-close') => ({
    statement: sql<{ isFollowed: boolean | null }>`
      select set_aside_evaluation(${id}::uuid, ${reason}) as "isFollowed"`,
    refusals: takeRefusals,
    action: 'quality.evaluation-set-aside',
    object: { kind: 'evaluation', id },
  }),
  ([row]) => omitNullish(row!),
)

/** Answers an official's disagreement: the evaluation stays, or is reopened. */
export const answerDisagreement = databaseAct(
  (id: string, { outcome, text }: { outcome: 'KEPT' | 'REOPENED'; text: string }) => ({
    statement: sql`select answer_disagreement(${id}::uuid, ${outcome}, ${text})`,
    refusals: [...unchangeableRefusals, 'quality.nothing-to-answer', 'input.identity-code'],
    action: 'quality.disagreement-answered',
    object: { kind: 'evaluation', id },
  }),
)
