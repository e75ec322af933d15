import { expect, test } from 'vitest'
import { readMoment } from './moment.ts'

test('a moment in the URL is whole seconds, and anything else is ignored', () => {
  expect(readMoment({ t: '75', part: 'a', x: '1' })).toEqual({ t: '75', part: 'a' })
  for (const t of ['abc', '-3', '1.5', '', 7]) expect(readMoment({ t })).toEqual({})
})
