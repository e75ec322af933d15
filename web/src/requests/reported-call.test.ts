import { CalendarDate, Time } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import type { RequestCall } from '../api/shapes.ts'
import { draftOf, emptyReport, reportOf, verificationMethod, type ReportDraft } from './reported-call.ts'

const today = new CalendarDate(2026, 11, 24)
const draft = (edited: Partial<ReportDraft>): ReportDraft => ({
  ...emptyReport(),
  day: new CalendarDate(2026, 11, 3),
  time: new Time(9, 5),
  ...edited,
})
const wrongIn = (edited: Partial<ReportDraft>) => {
  const judged = reportOf(draft(edited), today)
  return 'wrong' in judged ? judged.wrong.map(({ field, why }) => `${field} ${why}`) : []
}

describe('the details of a call', () => {
  test('have a day that is not in the future and a time', () => {
    expect(wrongIn({ day: null, time: null, callerNumber: '040 123' })).toEqual(['day missing', 'time missing'])
    expect(wrongIn({ day: today.add({ days: 1 }), callerNumber: '040 123' })).toEqual(['day future'])
    expect(wrongIn({ day: today, callerNumber: '040 123' })).toEqual([])
  })

  test('have the caller’s number, or the service number together with the length or the official', () => {
    expect(wrongIn({})).toEqual(['callerNumber missing'])
    expect(wrongIn({ isWithheld: true })).toEqual(['serviceNumber missing', 'minutes or-minutes'])
    expect(wrongIn({ isWithheld: true, serviceNumber: '029 497 000' })).toEqual(['minutes or-minutes'])
    expect(wrongIn({ isWithheld: true, serviceNumber: '029 497 000', official: 'Bertil' })).toEqual([])
    expect(wrongIn({ isWithheld: true, serviceNumber: '029 497 000', minutes: '10' })).toEqual([])
  })

  test('of an official need no number, and reveal nothing of a withheld one', () => {
    expect(reportOf(draft({ isWithheld: true, callerNumber: '040 1' }), today, true)).toEqual({
      reported: { day: '2026-11-03', time: '09:05', accuracy: 'HALF_HOUR', callerNumber: '040 1' },
    })
    expect(reportOf(draft({}), today, true)).toEqual({
      reported: { day: '2026-11-03', time: '09:05', accuracy: 'HALF_HOUR' },
    })
  })

  test('need a length in whole minutes and more than one letter of a name', () => {
    expect(wrongIn({ callerNumber: '1', minutes: 'ten' })).toEqual(['minutes wrong'])
    expect(wrongIn({ callerNumber: '1', minutes: '601' })).toEqual(['minutes wrong'])
    expect(wrongIn({ callerNumber: '1', official: 'B' })).toEqual(['official wrong'])
  })

  test('contain no empty field, and no withheld number', () => {
    expect(
      reportOf(draft({ isWithheld: true, callerNumber: '040', serviceNumber: '029', minutes: '7' }), today),
    ).toEqual({
      reported: { day: '2026-11-03', time: '09:05', accuracy: 'HALF_HOUR', serviceNumber: '029', minutes: 7 },
    })
  })

  test('are shown again as they were entered', () => {
    const reported = {
      day: '2026-11-03',
      time: '09:05',
      accuracy: 'MINUTES',
      callerNumber: '040 1',
      minutes: 0,
    } as const
    expect(reportOf(draftOf(reported), today)).toEqual({ reported })
  })
})

describe('the verification of a call', () => {
  const reported = { day: '2026-11-03', time: '09:05', accuracy: 'MINUTES' } as const
  const found = (
    verification: RequestCall['verification'],
    more: Partial<NonNullable<RequestCall['told']>> = {},
  ): RequestCall => ({
    id: '1',
    ordinal: 1,
    state: 'FOUND',
    otherRequests: [],
    told: { ...reported, ...more },
    verification,
  })

  test('uses its recording, after the clerk has listened to it', () => {
    const recording = { id: 'r', hasBeenHeard: false }
    expect(verificationMethod(found({ by: 'RECORDING', recordings: [recording] }))).toBe('listen')
    expect(verificationMethod(found({ by: 'RECORDING', recordings: [{ ...recording, hasBeenHeard: true }] }))).toBe(
      'question',
    )
  })

  test('without a playable recording uses the caller’s number, or official and length together', () => {
    const by: RequestCall['verification'] = { by: 'DETAILS', recordings: [] }
    expect(verificationMethod(found(by))).toBe('details-missing')
    expect(verificationMethod(found(by, { official: 'Bertil' }))).toBe('details-missing')
    expect(verificationMethod(found(by, { official: 'Bertil', minutes: 10 }))).toBe('details')
    expect(verificationMethod(found(by, { callerNumber: '040' }))).toBe('details')
  })

  test('is not possible for a call that was not found', () => {
    expect(verificationMethod({ ...found({ by: 'PERSONNEL', recordings: [] }), state: 'MATCHED' })).toBeUndefined()
    expect(verificationMethod(found({ by: 'PERSONNEL', recordings: [] }))).toBe('personnel')
  })
})
