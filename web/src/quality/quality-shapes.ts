/** Types of the API for quality (R4, R37, R38), and who may open its pages. The server computes scores. */
import { fromDate, startOfMonth, toCalendarDate, toZoned } from '@internationalized/date'
import type { Answer, Me } from '../api/shapes.ts'
import { zone } from '../format/instant.ts'

export type ListedEvaluation = Answer<'/api/quality/evaluations', 'get'>['items'][number]
export type Evaluation = Answer<'/api/quality/evaluations/{id}', 'get'>
export type OwnEvaluation = Answer<'/api/my-calls/evaluations', 'get'>['items'][number]
export type QualityForm = Answer<'/api/quality/forms/{id}', 'get'>
export type FormContent = NonNullable<QualityForm['draft']>
export type Section = FormContent['sections'][number]
export type Question = Section['questions'][number]
export type Scale = Question['scale']
export type FormProblem = Answer<'/api/quality/forms/{id}', 'put'>['problems'][number]
export type SamplingPlan = Answer<'/api/quality/plans', 'get'>['items'][number]
export type Calibration = Answer<'/api/quality/calibrations', 'get'>['items'][number]
export type FormAgreement = Answer<'/api/quality/calibrations', 'get'>['agreement'][number]
export type GroupResult = Answer<'/api/quality/results/{quarter}', 'get'>['items'][number]
export type Answers = Evaluation['answers']
export type MomentComment = Evaluation['comments'][number]
export type Score = NonNullable<Evaluation['score']>

type Rights = Pick<Me, 'rights'>

/** Returns true for persons who edit forms, plan samples and start calibrations. */
export function plansQuality(me: Rights): boolean {
  return me.rights.some(({ role, duty }) => role === 'EXPERT' && duty === 'QUALITY')
}

/** Returns true for evaluators: quality experts, and supervisors of officials. */
export function evaluates(me: Rights): boolean {
  return plansQuality(me) || me.rights.some(({ role }) => role === 'SUPERVISOR')
}

/** Returns the answers of a short scale; undefined for a scale of many points. */
export function answersOf(scale: Scale): number[] | undefined {
  if (scale.kind === 'yes-no') return [1, 0]
  if (scale.kind === 'one-to-five') return [1, 2, 3, 4, 5]
  return scale.most <= 10 ? Array.from({ length: scale.most + 1 }, (_, n) => n) : undefined
}

/** Returns the quarter of a month: 2026-Q4. */
export function quarterOf(year: number, month: number): string {
  return `${year}-Q${Math.ceil(month / 3)}`
}

/** Returns the last eight quarters, newest first: only they may have results. */
export function lastQuarters(nowMs: number): string[] {
  const first = startOfMonth(toCalendarDate(toZoned(fromDate(new Date(nowMs), 'UTC'), zone)))
  return Array.from({ length: 8 }, (_, n) => {
    const { year, month } = first.subtract({ months: 3 * n })
    return quarterOf(year, month)
  })
}

/** Results of giving up an evaluation: returned to the queue, or set aside with or without a replacement. */
const setAsideResults = ['back', 'followed', 'alone'] as const

/** Reads from the URL with which result an evaluation was given up. */
export function readAside({ aside }: Record<string, unknown>): { aside?: (typeof setAsideResults)[number] } {
  const known = setAsideResults.find((one) => one === aside)
  return known ? { aside: known } : {}
}
