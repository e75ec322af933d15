import { fromDate, parseDate, parseTime, toTime, toZoned } from '@internationalized/date'
import { zone } from '../format/instant.ts'
import { instantOf, todayAt } from '../retention/hold-dates.ts'
import type { AuthorityBody, AuthorityDetail } from './disclosure-shapes.ts'

/** Form of an authority's request; empty where nothing is chosen. */
export interface AuthorityForm {
  origin: AuthorityBody['origin']
  authority: string
  officer: string
  caseNumber: string
  aim: AuthorityBody['aim']
  provisionId: string
  /** `2026-11-26` */
  day: string
  /** `09:30:00` */
  time: string
}
export type AuthorityField = 'authority' | 'officer' | 'caseNumber' | 'receivedAt'

/** Returns a form with the current time. */
export function newAuthority(nowMs: number): AuthorityForm {
  return {
    origin: 'REQUEST',
    authority: '',
    officer: '',
    caseNumber: '',
    aim: 'INVESTIGATION',
    provisionId: '',
    ...momentOf(nowMs),
  }
}

export function authorityFormOf({
  origin,
  authority,
  officer,
  caseNumber,
  aim,
  provision,
  receivedAt,
}: Pick<
  AuthorityDetail,
  'origin' | 'authority' | 'officer' | 'caseNumber' | 'aim' | 'provision' | 'receivedAt'
>): AuthorityForm {
  return {
    origin,
    authority,
    officer,
    caseNumber,
    aim,
    provisionId: provision?.id ?? '',
    ...momentOf(Date.parse(receivedAt)),
  }
}

/** Returns the body of the request, or the fields that are wrong. */
export function authorityBody(
  typed: AuthorityForm,
  nowMs: number,
): { body: AuthorityBody } | { wrong: AuthorityField[] } {
  const { day, time, provisionId, origin, aim } = typed
  const text = { authority: typed.authority.trim(), officer: typed.officer.trim(), caseNumber: typed.caseNumber.trim() }
  const receivedAt = day !== '' && time !== '' ? instantOf(parseDate(day), parseTime(time)) : undefined
  const wrong: AuthorityField[] = [
    ...(['authority', 'officer', 'caseNumber'] as const).filter((field) => text[field] === ''),
    ...(receivedAt === undefined || Date.parse(receivedAt) > nowMs ? (['receivedAt'] as const) : []),
  ]
  if (wrong.length > 0 || receivedAt === undefined) return { wrong }
  return { body: { origin, aim, receivedAt, ...text, ...(provisionId !== '' && { provisionId }) } }
}

function momentOf(ms: number): Pick<AuthorityForm, 'day' | 'time'> {
  const inFinland = toZoned(fromDate(new Date(ms), 'UTC'), zone)
  return { day: todayAt(ms).toString(), time: toTime(inFinland).set({ second: 0, millisecond: 0 }).toString() }
}
