/** Filters of the audit log, in the URL of its page and in the query to the server. */
import { parseAbsolute, toCalendarDateTime, type CalendarDateTime } from '@internationalized/date'
import type { Purpose } from '../api/shapes.ts'
import { parseDay, queryOf } from '../contacts/filters.ts'
import { zone } from '../format/instant.ts'
import type { Role } from './log-shapes.ts'

export const results = ['ok', 'refused', 'failed'] as const
export type Result = (typeof results)[number]

export const roles = [
  'OFFICIAL',
  'SUPERVISOR',
  'EXPERT',
  'MAINTENANCE',
  'SECURITY',
  'SERVICE_UNIT',
  'DECISION_MAKER',
  'ACCESS_APPROVER',
  'ADMINISTRATOR',
  'DATA_PROTECTION_OFFICER',
] as const satisfies readonly Role[]

export const purposes = [
  'DEVELOPMENT',
  'QUALITY',
  'TRAINING',
  'SERVICE_LEVEL_STUDY',
  'CRIME_OR_MISUSE',
  'INSPECTION',
  'MAINTENANCE',
] as const satisfies readonly Purpose[]

/** Filters in the URL: `from` and `to` are Finnish days, or days with a time. */
export interface LogFilters {
  person?: string
  role?: Role
  action?: string
  result?: Result
  purpose?: Purpose
  object?: string
  reference?: string
  from?: string
  to?: string
  /** Number of the open entry. */
  entry?: string
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads the filters from a URL; unknown and invalid ones are left out. */
export function readLogFilters(search: Record<string, unknown>): LogFilters {
  const text = (key: string, longest: number) => {
    const value = search[key]
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longest) : undefined
  }
  const object = text('object', 36)
  const entry = text('entry', 15)
  const filters = {
    person: text('person', 100),
    role: roles.find((one) => one === search['role']),
    action: text('action', 64),
    result: results.find((one) => one === search['result']),
    purpose: purposes.find((one) => one === search['purpose']),
    object: object && uuid.test(object) ? object.toLowerCase() : undefined,
    reference: text('reference', 64),
    from: readTime(text('from', 40), 'floor'),
    to: readTime(text('to', 40), 'ceil'),
    entry: entry && /^[1-9]\d*$/.test(entry) ? entry : undefined,
  }
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value != null))
}

/** Returns the contract's query. */
export function logQueryOf({ entry: _, from, to, ...rest }: LogFilters) {
  return { ...rest, ...queryOf({ ...(from && { from }), ...(to && { to }) }) }
}

export function isUuid(text: string): boolean {
  return uuid.test(text)
}

/** Parses a Finnish day or a day with a time; an instant from another page is rounded to the minute. */
function readTime(written: string | undefined, rounding: 'floor' | 'ceil'): string | undefined {
  if (written === undefined) return undefined
  if (parseDay(written)) return written
  try {
    return roundToMinute(toCalendarDateTime(parseAbsolute(written, zone)), rounding)
  } catch {
    return undefined
  }
}

function roundToMinute(time: CalendarDateTime, rounding: 'floor' | 'ceil'): string {
  const floor = time.set({ second: 0, millisecond: 0 })
  const rounded = rounding === 'ceil' && floor.compare(time) < 0 ? floor.add({ minutes: 1 }) : floor
  return rounded.toString().slice(0, 16)
}
