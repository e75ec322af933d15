import { expect, test } from 'vitest'
import { omitNullish } from './omit-nullish.ts'

test('members that are null or undefined are removed, and empty, false or zero ones stay', () => {
  expect(omitNullish({ a: null, b: undefined, c: '', d: false, e: 0, f: [] })).toStrictEqual({
    c: '',
    d: false,
    e: 0,
    f: [],
  })
})
