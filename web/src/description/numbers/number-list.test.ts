import { CalendarDate } from '@internationalized/date'
import { expect, test } from 'vitest'
import { filterNumbers, numbersOf } from './number-list.ts'

const names = { fi: 'Palvelunumero', sv: 'Servicenumret', en: 'Service number' }
const document = {
  numbers: [
    { number: '029 497 000', kind: 'NATIONAL_SERVICE', language: 'fi', names, validFrom: '2026-01-01' },
    {
      number: '+358 29 497 010',
      kind: 'REGIONAL_SERVICE',
      language: 'fi',
      names: { ...names, fi: 'Alueellinen' },
      region: { fi: 'Pohjois-Suomi', sv: 'Norra Finland', en: 'Northern Finland' },
      validFrom: '2026-01-01',
      validTo: '2026-11-24',
    },
    { number: '029 512 000', kind: 'SWITCHBOARD', language: 'fi', names, validFrom: '2027-01-01' },
  ],
  recordingPlan: {
    defaultShare: 0.1,
    rules: [
      { names, numbers: ['029497000'], recordingMonths: 6, from: '2026-01-01' },
      { names, numbers: ['029 497 000'], share: 1, recordingMonths: 2, from: '2026-01-01', until: '2026-11-24' },
    ],
  },
}
const day = new CalendarDate(2026, 11, 25)
const numbersFound = (filters: object) => filterNumbers(numbersOf(document, day), filters).map(({ number }) => number)

test('a number is in use until the end of its last day', () => {
  expect(numbersOf(document, day).map(({ state }) => state)).toEqual(['now', 'past', 'coming'])
  expect(numbersOf(document, day.subtract({ days: 1 })).map(({ state }) => state)).toEqual(['now', 'now', 'coming'])
})

test('the rules of a number are those in force, in any spelling of the number, with the effective share', () => {
  expect(numbersOf(document, day)[0]?.rules).toEqual([{ names, share: 0.1, months: 6 }])
  expect(numbersOf(document, day)[2]?.rules).toEqual([])
})

test('a number is found by digits in any form, and by a part of a name or a region in any language', () => {
  expect(numbersFound({ text: '029497' })).toEqual(['029 497 000', '+358 29 497 010'])
  expect(numbersFound({ text: '+358 29 512' })).toEqual(['029 512 000'])
  expect(numbersFound({ text: 'norra' })).toEqual(['+358 29 497 010'])
  expect(numbersFound({ kind: 'SWITCHBOARD' })).toEqual(['029 512 000'])
  expect(numbersFound({ text: 'norra', kind: 'SWITCHBOARD' })).toEqual([])
})

test('unreadable dates do not prevent the list from being shown', () => {
  expect(numbersOf({ numbers: [{ number: '029', validFrom: 'pian' }] }, day)[0]?.state).toBe('now')
})
