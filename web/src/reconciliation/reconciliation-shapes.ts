/** Types of the reconciliation's API, the filters of its page in the URL, and who may open it. */
import { parseDate, today, type CalendarDate } from '@internationalized/date'
import type { Answer, Me } from '../api/shapes.ts'
import { zone } from '../format/instant.ts'
import { hasRole } from '../session/rights.ts'

export type Reconciliation = Answer<'/api/reconciliation', 'get'>
export type Counted = Reconciliation['counts'][number]
export type FeedState = Reconciliation['feeds'][number]
export type Unreconciled = Answer<'/api/reconciliation/calls', 'get'>['items'][number]

export const groupings = ['day', 'number', 'feed'] as const
export type Grouping = (typeof groupings)[number]
export const kinds = ['unrecorded', 'untold'] as const
export type Kind = (typeof kinds)[number]
export const states = ['open', 'explained', 'any'] as const
export type State = (typeof states)[number]
/** Why there is no recording; others are shown as unknown. */
export const reasons = [
  'no-session',
  'not-joined',
  'no-playable-codec',
  'no-media',
  'disk-full',
  'no-port',
  'no-intake-key',
  'unknown',
] as const

/** Filters in the URL: days are Finnish, inclusive. */
export interface ReconciliationFilters {
  from?: string
  to?: string
  by?: Grouping
  kind?: Kind
  state?: State
  number?: string
  feed?: string
  why?: string
}

export const maxDays = 92
const defaultDays = 7

/** Reads the filters from a URL; invalid ones are left out. */
export function readReconciliationFilters(search: Record<string, unknown>): ReconciliationFilters {
  const [from, to] = [dayOf(search['from']), dayOf(search['to'])]
  const oneOf = <Value extends string>(values: readonly Value[], key: string) =>
    values.find((value) => value === search[key])
  const text = (key: string) =>
    typeof search[key] === 'string' && search[key] !== '' ? search[key].slice(0, 64) : undefined
  const found = {
    by: oneOf(groupings.slice(1), 'by'),
    kind: oneOf(kinds.slice(1), 'kind'),
    state: oneOf(states.slice(1), 'state'),
    number: text('number'),
    feed: text('feed')?.slice(0, 40),
    why: oneOf(reasons, 'why'),
  }
  return {
    ...(from && to && isPeriod(from, to) && { from: from.toString(), to: to.toString() }),
    ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
  }
}

/** Returns the days of the filters; the last seven by default. */
export function daysOf({ from, to }: ReconciliationFilters): { start: CalendarDate; end: CalendarDate } {
  const end = dayOf(to) ?? today(zone)
  return { start: dayOf(from) ?? end.subtract({ days: defaultDays - 1 }), end }
}

export function isPeriod(start: CalendarDate, end: CalendarDate): boolean {
  return end.compare(start) >= 0 && end.compare(start) < maxDays
}

/** Returns true for persons who may see the page; the server refuses others. */
export function seesReconciliation(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE')
}

function dayOf(written: unknown): CalendarDate | undefined {
  try {
    return typeof written === 'string' ? parseDate(written) : undefined
  } catch {
    return undefined
  }
}
