import { CalendarDate, Time } from '@internationalized/date'
import { expect, test } from 'vitest'
import { newRequestOf, type NewRequestDraft } from './new-request.ts'

const nowMs = Date.parse('2026-11-24T12:00:00Z')
const draft = (edited: Partial<NewRequestDraft> = {}): NewRequestDraft => ({
  party: 'CALLER',
  kinds: ['KNOW'],
  channel: 'PHONE',
  language: 'fi',
  userId: '',
  day: new CalendarDate(2026, 11, 24),
  time: new Time(13, 30),
  name: ' Kaija Laine ',
  address: '',
  email: '',
  phone: ' 040 123 ',
  ...edited,
})
const wrongIn = (edited: Partial<NewRequestDraft>) => {
  const judged = newRequestOf(draft(edited), nowMs)
  return 'wrong' in judged ? judged.wrong.map(({ field, why }) => `${field} ${why}`) : []
}

test('a request is entered with its requester, without empty fields', () => {
  expect(newRequestOf(draft(), nowMs)).toEqual({
    body: {
      party: 'CALLER',
      kinds: ['KNOW'],
      channel: 'PHONE',
      language: 'fi',
      receivedAt: '2026-11-24T11:30:00.000Z',
      requester: { name: 'Kaija Laine', phone: '040 123' },
    },
  })
})

test('missing fields are reported in the order of the form', () => {
  expect(wrongIn({ kinds: [], time: null, name: ' ', phone: 'on', email: 'kaija', party: 'OFFICIAL' })).toEqual([
    'kinds missing',
    'name missing',
    'phone wrong',
    'email wrong',
    'userId missing',
    'received missing',
  ])
})

test('a request must have been received by now, within the last year', () => {
  expect(wrongIn({ time: new Time(14, 1) })).toEqual(['received future'])
  expect(wrongIn({ day: new CalendarDate(2025, 11, 20) })).toEqual(['received old'])
})

test('an official who asks is identified by the user id', () => {
  expect(newRequestOf(draft({ party: 'OFFICIAL', userId: ' aino ' }), nowMs)).toMatchObject({
    body: { officialUserId: 'aino' },
  })
  expect(newRequestOf(draft({ userId: 'aino' }), nowMs)).not.toHaveProperty('body.officialUserId')
})
