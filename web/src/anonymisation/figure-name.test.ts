import { expect, test } from 'vitest'
import { isMaximum, readFigureName, unitOf } from './figure-name.ts'

test('a figure’s name has the measure and the set, and for a control figure the control engine', () => {
  expect(readFigureName('semi-informed.finnish')).toEqual({ measure: 'semi-informed', set: 'finnish' })
  expect(readFigureName('mcadams.semi-informed.10-people')).toEqual({
    subject: 'mcadams',
    measure: 'semi-informed',
    set: '10-people',
  })
  expect(readFigureName('pooled-five.10-people')).toEqual({ measure: 'pooled-five', set: '10-people' })
  expect(readFigureName('estoi')).toEqual({ measure: 'estoi' })
})

test('returns undefined for a figure without a text in the pages', () => {
  for (const name of ['', 'wer', 'lazy.others', 'original', 'lazy.calls.more'])
    expect(readFigureName(name)).toBeUndefined()
})

test('errors are percentages, and the requirement is a maximum for values that should be small', () => {
  expect(unitOf({ measure: 'lazy' })).toBe(' %')
  expect(unitOf({ measure: 'estoi' })).toBe('')
  expect(isMaximum({ measure: 'picked-out' })).toBe(true)
  expect(isMaximum({ measure: 'semi-informed' })).toBe(false)
})
