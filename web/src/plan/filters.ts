/**
 * The recording plan and what came of it. In: the contract's plan, shares and evidence. Out: a page that says what is
 * recorded, how often, and whether chance explains what was. Never here: a decision about a call, or a change of the plan.
 */
import { parseDate, today, type CalendarDate } from '@internationalized/date'
import type { paths } from '../api/paths.ts'
import { zone } from '../format/instant.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type RecordingPlan = Ok<paths['/api/recording-plan']['get']>
export type Rule = RecordingPlan['rules'][number]
export type Shares = Ok<paths['/api/shares']['get']>
export type Share = Pick<Shares['byNumber'][number], 'answered' | 'expected' | 'drawn' | 'recorded'>

/** The days that shares are counted of, both included, as they stand in the address. */
export interface Period {
  from?: string
  to?: string
}

const usualDays = 30

/** The search part of an address; whatever is no day, or no period, is left out. */
export function readPeriod(search: Record<string, unknown>): Period {
  const [from, to] = [dayOf(search['from']), dayOf(search['to'])]
  return from && to && from.compare(to) <= 0 ? { from: from.toString(), to: to.toString() } : {}
}

/** The days of a period; without one the last thirty. */
export function daysOf({ from, to }: Period): { start: CalendarDate; end: CalendarDate } {
  const end = dayOf(to) ?? today(zone)
  return { start: dayOf(from) ?? end.subtract({ days: usualDays - 1 }), end }
}

function dayOf(written: unknown): CalendarDate | undefined {
  try {
    return typeof written === 'string' ? parseDate(written) : undefined
  } catch {
    return undefined
  }
}
