/**
 * Service-level studies: the question is the page's URL. The answer is counts only, as a plot, a table and files; never a
 * call.
 */
import { endOfMonth, parseDate, startOfMonth, type CalendarDate } from '@internationalized/date'
import type { AccessRight, Me } from '../api/shapes.ts'
import type { paths } from '../api/paths.ts'

export type Study = paths['/api/studies']['get']['responses'][200]['content']['application/json']
export type StudyRow = Study['rows'][number]
export type Figures = StudyRow['figures']
export type StudyQuery = paths['/api/studies']['get']['parameters']['query']
export type Measure = StudyQuery['measure']
export type Breakdown = StudyQuery['by']

export const measures: readonly Measure[] = ['calls', 'answered', 'talk', 'wait', 'recorded']
export const breakdowns: readonly Breakdown[] = ['month', 'weekday', 'hour', 'number', 'region', 'language']
export const comparisons = ['none', 'before', 'year'] as const
export type Comparison = (typeof comparisons)[number]
const languages = ['fi', 'sv', 'en'] as const

/** The question in the URL; defaults are omitted. */
export interface StudyQuestion {
  from?: string
  to?: string
  by?: Breakdown
  measure?: Measure
  compare?: Exclude<Comparison, 'none'>
  numbers?: string
  region?: string
  language?: (typeof languages)[number]
}

/** Reads the question from a URL; invalid members are left out. */
export function readQuestion(search: Record<string, unknown>): StudyQuestion {
  const [from, to] = [dayOf(search['from']), dayOf(search['to'])]
  const by = breakdowns.find((one) => one === search['by'])
  const measure = measures.find((one) => one === search['measure'])
  const compare = (['before', 'year'] as const).find((one) => one === search['compare'])
  const language = languages.find((one) => one === search['language'])
  const { numbers, region } = search
  return {
    ...(from && to && from.compare(to) <= 0 && { from: from.toString(), to: to.toString() }),
    ...(by && by !== 'month' && { by }),
    ...(measure && measure !== 'calls' && { measure }),
    ...(compare && { compare }),
    ...(typeof numbers === 'string' && numbers !== '' && { numbers }),
    ...(typeof region === 'string' && region !== '' && { region }),
    ...(language && { language }),
  }
}

export interface Days {
  start: CalendarDate
  end: CalendarDate
}

/** Returns the days of a question; by default eleven whole months and the current one. */
export function daysOf({ from, to }: StudyQuestion, today: CalendarDate): Days {
  const [start, end] = [dayOf(from), dayOf(to)]
  return start && end ? { start, end } : { start: startOfMonth(today).subtract({ months: 11 }), end: today }
}

/**
 * Returns the compared period: of the same length just before, or the same days a year earlier. Undefined if the two would
 * overlap.
 */
export function comparedDays({ start, end }: Days, compare: Comparison): Days | undefined {
  if (compare === 'none') return undefined
  if (compare === 'year') {
    const other = { start: start.subtract({ years: 1 }), end: end.subtract({ years: 1 }) }
    // The last day of February maps to the last day of February.
    const last = end.compare(endOfMonth(end)) === 0 ? { ...other, end: endOfMonth(other.end) } : other
    return last.end.compare(start) < 0 ? last : undefined
  }
  const before = start.subtract({ days: 1 })
  const isWhole = start.day === 1 && end.compare(endOfMonth(end)) === 0
  const months = (end.year - start.year) * 12 + end.month - start.month + 1
  return { start: isWhole ? start.subtract({ months }) : start.subtract({ days: end.compare(start) + 1 }), end: before }
}

/** Returns the query to the server. */
export function queryOf(question: StudyQuestion, today: CalendarDate): StudyQuery {
  const days = daysOf(question, today)
  const other = comparedDays(days, question.compare ?? 'none')
  const { numbers, region, language } = question
  return {
    from: days.start.toString(),
    to: days.end.toString(),
    ...(other && { compareFrom: other.start.toString(), compareTo: other.end.toString() }),
    by: question.by ?? 'month',
    measure: question.measure ?? 'calls',
    ...(numbers && { numbers }),
    ...(region && { region }),
    ...(language && { language }),
  }
}

const studyRoles: readonly AccessRight['role'][] = ['SUPERVISOR', 'EXPERT']

/** Returns true for persons who may make studies: supervisors and experts with a right to them (R37, R38). */
export function makesStudies(me: Pick<Me, 'rights'>): boolean {
  return me.rights.some(
    ({ role, purposes }) =>
      studyRoles.includes(role) &&
      purposes.some(({ purpose }) => purpose === 'SERVICE_LEVEL_STUDY' || purpose === 'DEVELOPMENT'),
  )
}

export function dayOf(written: unknown): CalendarDate | undefined {
  try {
    return typeof written === 'string' ? parseDate(written) : undefined
  } catch {
    return undefined
  }
}
