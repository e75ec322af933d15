import { parseDate } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import { bodyOf, replacedValue, nextChangeAt, possibleChanges, problemsOf, type ChangeDraft } from './change.ts'
import type { PersonDetail } from './filters.ts'

const day = parseDate('2026-12-01')
const today = parseDate('2026-11-25')
const draft = (given: Partial<ChangeDraft>): ChangeDraft => ({
  kind: 'name',
  text: '',
  replaces: '',
  day,
  yes: true,
  ...given,
})

// Each is the start of a day in Finland: 1 January 2020, 1 May 2023 and 1 January 2027.
const [jan2020, may2023, jan2027] = ['2019-12-31T22:00:00Z', '2023-04-30T21:00:00Z', '2026-12-31T22:00:00Z'] as const
const aino: PersonDetail = {
  id: 'a',
  userId: 'aino',
  name: 'Aino Korhonen',
  unit: 'Neuvonta',
  phones: [],
  employedFrom: jan2020,
  source: 'manual',
  names: [
    { name: 'Aino Korhonen', from: may2023 },
    { name: 'Aino Virtanen', from: jan2020, to: may2023 },
  ],
  placements: [
    { unit: 'Neuvonta', from: jan2020, to: jan2027 },
    { unit: 'Yritysverotus', from: jan2027 },
  ],
  phoneHistory: [],
  recording: {},
  subordinates: [],
}

describe('a change', () => {
  test('takes effect on the chosen day', () => {
    expect(bodyOf(draft({ text: ' Aino Korhonen ' }), today)).toEqual({ from: '2026-12-01', name: 'Aino Korhonen' })
    expect(bodyOf(draft({ kind: 'consents', yes: false }), today)).toEqual({ from: '2026-12-01', consents: false })
  })

  test('that ends a number takes effect on the day after its last', () => {
    expect(bodyOf(draft({ kind: 'endPhone', text: '029 512 1001' }), today)).toEqual({
      from: '2026-12-02',
      endPhone: '029 512 1001',
    })
  })

  test('that replaces a number ends the other on the same day', () => {
    const swap = draft({ kind: 'addPhone', text: '029 512 1003', replaces: '029 512 1001' })
    expect(bodyOf(swap, today)).toEqual({ from: '2026-12-01', addPhone: '029 512 1003', endPhone: '029 512 1001' })
  })

  test('of the end of an employment has the last day, or none if the employment continues', () => {
    expect(bodyOf(draft({ kind: 'employedTo' }), today)).toEqual({ from: '2026-11-25', employedTo: '2026-12-01' })
    expect(bodyOf(draft({ kind: 'employedTo', day: null }), today)).toEqual({ from: '2026-11-25', employedTo: '' })
  })

  test('that ends a placement takes effect on the day after its last', () => {
    expect(bodyOf(draft({ kind: 'endUnit' }), today)).toEqual({ from: '2026-12-02', unit: '' })
    expect(bodyOf(draft({ kind: 'endSupervisor' }), today)).toEqual({ from: '2026-12-02', supervisor: '' })
  })

  test('needs a day, and a new value', () => {
    expect(problemsOf(draft({ day: null }), aino)).toEqual({
      text: 'people.person.change.name.missing',
      day: 'people.person.change.day.missing',
    })
    // An empty unit does not end a placement, because an untouched form would do that.
    expect(problemsOf(draft({ kind: 'unit' }), aino)).toEqual({ text: 'people.person.change.unit.missing' })
    expect(problemsOf(draft({ kind: 'endUnit' }), aino)).toEqual({})
    expect(problemsOf(draft({ kind: 'employedTo', day: null }), aino)).toEqual({})
  })

  test('to the value already in force on that day is no change', () => {
    const back = { text: 'Aino Virtanen', day: parseDate('2023-04-30') }
    expect(problemsOf(draft(back), aino)).toEqual({ text: 'people.person.change.same' })
    expect(problemsOf(draft({ ...back, day: parseDate('2023-05-01') }), aino)).toEqual({})
    expect(problemsOf(draft({ kind: 'unit', text: 'Neuvonta' }), aino)).toEqual({ text: 'people.person.change.same' })
  })

  test('replaces the value of its day, until the next later change', () => {
    expect(replacedValue(draft({ kind: 'unit' }), aino)).toBe('Neuvonta')
    expect(nextChangeAt(draft({ kind: 'unit' }), aino)).toBe(jan2027)
    expect(nextChangeAt(draft({ kind: 'unit', day: parseDate('2027-01-01') }), aino)).toBeUndefined()
    expect(nextChangeAt(draft({}), aino)).toBeUndefined()
  })

  test('that ends what a person does not have is not offered', () => {
    expect(possibleChanges(aino)).toContain('endUnit')
    expect(possibleChanges(aino)).not.toContain('endSupervisor')
    expect(possibleChanges(aino)).not.toContain('endPhone')
  })
})
