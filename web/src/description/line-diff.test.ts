import { expect, test } from 'vitest'
import { lineDiff } from './line-diff.ts'

const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('')

test('a changed line is reported as removed and added, with its line numbers and context', () => {
  const before = lines('a', 'b', 'c', 'd', 'e')
  expect(lineDiff(before, lines('a', 'b', 'x', 'd', 'e'), 1)).toEqual([
    { kind: 'left-out', count: 1 },
    { kind: 'same', before: 2, after: 2, text: 'b' },
    { kind: 'removed', before: 3, text: 'c' },
    { kind: 'added', after: 3, text: 'x' },
    { kind: 'same', before: 4, after: 4, text: 'd' },
    { kind: 'left-out', count: 1 },
  ])
})

test('an empty line among others counts as a line', () => {
  expect(lineDiff(lines('a', 'b'), lines('a', '', 'b'))).toContainEqual({ kind: 'added', after: 2, text: '' })
})

test('equal texts leave everything out', () => {
  expect(lineDiff(lines('a', 'b'), lines('a', 'b'))).toEqual([{ kind: 'left-out', count: 2 }])
})
