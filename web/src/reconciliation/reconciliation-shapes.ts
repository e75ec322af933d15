/**
 * Täsmäytys: what feeds tell of calls beside what was recorded. In: the contract's counts and lists. Out: a page that says what
 * does not meet, why as far as it is known, and how the feeds are. Never here: callers, officials, or a look at a call.
 */
import { parseDate, today, type CalendarDate } from '@internationalized/date'
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { zone } from '../format/instant.ts'
import { hasRole } from '../session/rights.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Reconciliation = Ok<paths['/api/reconciliation']['get']>
export type Counted = Reconciliation['counts'][number]
export type FeedState = Reconciliation['feeds'][number]
export type Unreconciled = Ok<paths['/api/reconciliation/calls']['get']>['items'][number]

export const groupings = ['day', 'number', 'feed'] as const
export type Grouping = (typeof groupings)[number]
export const kinds = ['unrecorded', 'untold'] as const
export type Kind = (typeof kinds)[number]
export const states = ['open', 'explained', 'any'] as const
export type State = (typeof states)[number]
/** Why there is no recording; what else may come is said as unknown. */
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

/** What is looked at, as it stands in the address: days are Finnish ones, both included. */
export interface Looked {
  from?: string
  to?: string
  by?: Grouping
  kind?: Kind
  state?: State
  number?: string
  feed?: string
  why?: string
}

export const mostDays = 92
const usualDays = 7

/** The search part of an address; whatever is not well written is left out. */
export function readLooked(search: Record<string, unknown>): Looked {
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

/** The days looked at; without any the last seven. */
export function daysOf({ from, to }: Looked): { start: CalendarDate; end: CalendarDate } {
  const end = dayOf(to) ?? today(zone)
  return { start: dayOf(from) ?? end.subtract({ days: usualDays - 1 }), end }
}

export function isPeriod(start: CalendarDate, end: CalendarDate): boolean {
  return end.compare(start) >= 0 && end.compare(start) < mostDays
}

/** Who the page is for: the server refuses anybody else. */
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
