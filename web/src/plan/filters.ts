/** Types of the recording plan's API, and the period of its shares in the URL. */
import { parseDate, today, type CalendarDate } from '@internationalized/date'
import type { Answer } from '../api/shapes.ts'
import { zone } from '../format/instant.ts'

export type RecordingPlan = Answer<'/api/recording-plan', 'get'>
export type Rule = RecordingPlan['rules'][number]
export type Shares = Answer<'/api/shares', 'get'>
export type Share = Pick<Shares['byNumber'][number], 'answered' | 'expected' | 'drawn' | 'recorded'>

/** First and last day of the counts, inclusive, in the URL. */
export interface Period {
  from?: string
  to?: string
}

const defaultDays = 30

/** Reads the period from a URL; invalid days and periods are left out. */
export function readPeriod(search: Record<string, unknown>): Period {
  const [from, to] = [dayOf(search['from']), dayOf(search['to'])]
  return from && to && from.compare(to) <= 0 ? { from: from.toString(), to: to.toString() } : {}
}

/** Returns the days of a period; the last thirty by default. */
export function daysOf({ from, to }: Period): { start: CalendarDate; end: CalendarDate } {
  const end = dayOf(to) ?? today(zone)
  return { start: dayOf(from) ?? end.subtract({ days: defaultDays - 1 }), end }
}

function dayOf(written: unknown): CalendarDate | undefined {
  try {
    return typeof written === 'string' ? parseDate(written) : undefined
  } catch {
    return undefined
  }
}
