import type { CalendarDate, Time } from '@internationalized/date'
import type { paths } from '../api/paths.ts'
import type { Requester, RequestKind, RequestParty } from '../api/shapes.ts'
import { instantOf } from '../retention/hold-dates.ts'

export type NewRequest = paths['/api/requests']['post']['requestBody']['content']['application/json']
export const channels = ['PHONE', 'LETTER', 'VISIT', 'EMAIL'] as const satisfies readonly NewRequest['channel'][]

export interface RequesterDraft {
  name: string
  address: string
  email: string
  phone: string
}

export interface NewRequestDraft extends RequesterDraft {
  party: RequestParty
  kinds: RequestKind[]
  channel: NewRequest['channel']
  language: NewRequest['language']
  day: CalendarDate | null
  time: Time | null
  userId: string
}
export const newRequestFields = ['kinds', 'received', 'name', 'address', 'phone', 'email', 'userId'] as const
export type NewRequestField = (typeof newRequestFields)[number]
export interface NewRequestWrong {
  field: NewRequestField
  why: 'missing' | 'future' | 'old' | 'wrong'
}

const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** Returns the requester's filled-in fields. */
export function requesterOf({ name, address, email, phone }: RequesterDraft): Requester {
  return {
    name: name.trim(),
    ...(address.trim() && { address: address.trim() }),
    ...(email.trim() && { email: email.trim() }),
    ...(phone.trim() && { phone: phone.trim() }),
  }
}

export function wrongRequester({
  name,
  phone,
  email,
}: RequesterDraft): { field: 'name' | 'phone' | 'email'; why: 'missing' | 'wrong' }[] {
  return [
    ...(name.trim() ? [] : [{ field: 'name' as const, why: 'missing' as const }]),
    ...(!phone.trim() || /\d.*\d.*\d/.test(phone) ? [] : [{ field: 'phone' as const, why: 'wrong' as const }]),
    ...(!email.trim() || emailPattern.test(email.trim()) ? [] : [{ field: 'email' as const, why: 'wrong' as const }]),
  ]
}

/**
 * Returns the request's body, or the missing and wrong fields in form order. The request must have been received within the
 * last year.
 */
export function newRequestOf(
  draft: NewRequestDraft,
  nowMs: number,
): { body: NewRequest } | { wrong: NewRequestWrong[] } {
  const { party, kinds, channel, language, day, time, userId } = draft
  const receivedAt = day && time ? instantOf(day, time) : undefined
  const wrong: NewRequestWrong[] = []
  if (kinds.length === 0) wrong.push({ field: 'kinds', why: 'missing' })
  wrong.push(...wrongRequester(draft))
  if (party === 'OFFICIAL' && !userId.trim()) wrong.push({ field: 'userId', why: 'missing' })
  if (!receivedAt) wrong.push({ field: 'received', why: 'missing' })
  else if (Date.parse(receivedAt) > nowMs) wrong.push({ field: 'received', why: 'future' })
  else if (nowMs - Date.parse(receivedAt) > 365 * 86_400_000) wrong.push({ field: 'received', why: 'old' })
  if (!receivedAt || wrong.length > 0) return { wrong }
  return {
    body: {
      party,
      kinds,
      channel,
      language,
      receivedAt,
      requester: requesterOf(draft),
      ...(party === 'OFFICIAL' && { officialUserId: userId.trim() }),
    },
  }
}
