import { parseDate } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import { bodyOf, problemsOf, type ChangeDraft } from './change.ts'

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

describe('a change', () => {
  test('holds from the day that was picked', () => {
    expect(bodyOf(draft({ text: ' Aino Korhonen ' }), today)).toEqual({ from: '2026-12-01', name: 'Aino Korhonen' })
    expect(bodyOf(draft({ kind: 'consents', yes: false }), today)).toEqual({ from: '2026-12-01', consents: false })
  })

  test('of a number that ends holds from the day after its last', () => {
    expect(bodyOf(draft({ kind: 'endPhone', text: '029 512 1001' }), today)).toEqual({
      from: '2026-12-02',
      endPhone: '029 512 1001',
    })
  })

  test('of a number that replaces another ends the other on the same day', () => {
    const swap = draft({ kind: 'addPhone', text: '029 512 1003', replaces: '029 512 1001' })
    expect(bodyOf(swap, today)).toEqual({ from: '2026-12-01', addPhone: '029 512 1003', endPhone: '029 512 1001' })
  })

  test('of an employment names its last day, and none where it goes on', () => {
    expect(bodyOf(draft({ kind: 'employedTo' }), today)).toEqual({ from: '2026-11-25', employedTo: '2026-12-01' })
    expect(bodyOf(draft({ kind: 'employedTo', day: null }), today)).toEqual({ from: '2026-11-25', employedTo: '' })
  })

  test('needs a day, and what is new where it cannot be nothing', () => {
    expect(problemsOf(draft({ day: null }))).toEqual({
      text: 'person.change.name.missing',
      day: 'person.change.day.missing',
    })
    expect(problemsOf(draft({ kind: 'unit' }))).toEqual({})
    expect(problemsOf(draft({ kind: 'employedTo', day: null }))).toEqual({})
  })
})
