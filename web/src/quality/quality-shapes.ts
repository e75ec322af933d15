/**
 * Laatu: what is drawn for evaluation, evaluated and released, by whom it may be (R4, R37, R38). In: the contract. Out: its
 * shapes and small sentences of them. Never here: what answers come to; the server counts that.
 */
import { fromDate, startOfMonth, toCalendarDate, toZoned } from '@internationalized/date'
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { zone } from '../format/instant.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never

export type ListedEvaluation = Ok<paths['/api/quality/evaluations']['get']>['items'][number]
export type Evaluation = Ok<paths['/api/quality/evaluations/{id}']['get']>
export type OwnEvaluation = Ok<paths['/api/my-calls/evaluations']['get']>['items'][number]
export type QualityForm = Ok<paths['/api/quality/forms/{id}']['get']>
export type FormContent = NonNullable<QualityForm['draft']>
export type Section = FormContent['sections'][number]
export type Question = Section['questions'][number]
export type Scale = Question['scale']
export type FormProblem = Ok<paths['/api/quality/forms/{id}']['put']>['problems'][number]
export type SamplingPlan = Ok<paths['/api/quality/plans']['get']>['items'][number]
export type Calibration = Ok<paths['/api/quality/calibrations']['get']>['items'][number]
export type FormAgreement = Ok<paths['/api/quality/calibrations']['get']>['agreement'][number]
export type GroupResult = Ok<paths['/api/quality/results/{quarter}']['get']>['items'][number]
export type Answers = Evaluation['answers']
export type MomentComment = Evaluation['comments'][number]
export type Score = NonNullable<Evaluation['score']>

type Rights = Pick<Me, 'rights'>

/** Writes forms, plans samples, begins calibrations. */
export function plansQuality(me: Rights): boolean {
  return me.rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
}

/** Evaluates: a quality expert, or a supervisor of theirs. */
export function evaluates(me: Rights): boolean {
  return plansQuality(me) || me.rights.some(({ role }) => role === 'SUPERVISOR')
}

/** The answers of a scale that are few enough to be in sight; none of a scale of many points. */
export function answersOf(scale: Scale): number[] | undefined {
  if (scale.kind === 'yes-no') return [1, 0]
  if (scale.kind === 'one-to-five') return [1, 2, 3, 4, 5]
  return scale.most <= 10 ? Array.from({ length: scale.most + 1 }, (_, n) => n) : undefined
}

/** 2026-Q4: of a day, in Helsinki. */
export function quarterOf(year: number, month: number): string {
  return `${year}-Q${Math.ceil(month / 3)}`
}

/** The quarters of which there can be results still worth a look, newest first. */
export function lastQuarters(nowMs: number): string[] {
  const first = startOfMonth(toCalendarDate(toZoned(fromDate(new Date(nowMs), 'UTC'), zone)))
  return Array.from({ length: 8 }, (_, n) => {
    const { year, month } = first.subtract({ months: 3 * n })
    return quarterOf(year, month)
  })
}

/** What became of an evaluation that was just given up: back in the queue, or put aside with or without another in its place. */
const asides = ['back', 'followed', 'alone'] as const

export function readAside({ aside }: Record<string, unknown>): { aside?: (typeof asides)[number] } {
  const known = asides.find((one) => one === aside)
  return known ? { aside: known } : {}
}
