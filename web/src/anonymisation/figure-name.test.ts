import { expect, test } from 'vitest'
import { isMaximum, readFigureName, unitOf } from './figure-name.ts'

test('a figure is named by its attacker and its speech, and the control beside it by whose speech it is', () => {
  expect(readFigureName('semi-informed.finnish')).toEqual({ measure: 'semi-informed', set: 'finnish' })
  expect(readFigureName('mcadams.semi-informed.10-people')).toEqual({
    subject: 'mcadams',
    measure: 'semi-informed',
    set: '10-people',
  })
  expect(readFigureName('pooled-five.10-people')).toEqual({ measure: 'pooled-five', set: '10-people' })
  expect(readFigureName('estoi')).toEqual({ measure: 'estoi' })
})

test('a figure that the pages have no words for is none of theirs', () => {
  for (const name of ['', 'wer', 'lazy.others', 'original', 'lazy.calls.more'])
    expect(readFigureName(name)).toBeUndefined()
})

test('errors are per cents, and for what should be small the demand is the most', () => {
  expect(unitOf({ measure: 'lazy' })).toBe(' %')
  expect(unitOf({ measure: 'estoi' })).toBe('')
  expect(isMaximum({ measure: 'picked-out' })).toBe(true)
  expect(isMaximum({ measure: 'semi-informed' })).toBe(false)
})
