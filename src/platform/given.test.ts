import { expect, test } from 'vitest'
import { given } from './given.ts'

test('members that are null or undefined are removed, and empty, false or zero ones stay', () => {
  expect(given({ a: null, b: undefined, c: '', d: false, e: 0, f: [] })).toStrictEqual({ c: '', d: false, e: 0, f: [] })
})
