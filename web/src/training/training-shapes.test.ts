import { expect, test } from 'vitest'
import { endsSoon, moved, parseMoment, trains } from './training-shapes.ts'

const typed = { from: '0.05', to: '1.10', title: ' Tervehdys ', lesson: '' }

test('a moment is read as people write it, and its end may be the recording’s', () => {
  expect(parseMoment(typed, 90_000)).toEqual({ fromMs: 5000, toMs: 70_000, title: 'Tervehdys', lesson: '' })
  expect(parseMoment({ ...typed, to: '1.30' }, 90_400)).toMatchObject({ toMs: 90_000 })
  expect(parseMoment({ ...typed, to: '1.31' }, 90_400)).toMatchObject({ toMs: 90_400 })
})

test('reports which fields are wrong', () => {
  expect(parseMoment({ from: 'x', to: '', title: ' ', lesson: '' }, 90_000)).toEqual({
    wrong: { from: true, to: true, title: true },
  })
  expect(parseMoment({ ...typed, to: '0.05' }, 90_000)).toEqual({ wrong: { to: true } })
  expect(parseMoment({ ...typed, to: '5.00' }, 90_000)).toEqual({ wrong: { to: true } })
  expect(parseMoment({ ...typed, from: '2.00', to: '2.10' }, 90_000)).toMatchObject({ wrong: { from: true } })
})

test('a moment is moved by one place and not past the ends', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c'])
  expect(moved(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c'])
})

test('an end within thirty days is reported beforehand', () => {
  const now = Date.parse('2026-11-26T12:00:00Z')
  expect(endsSoon('2026-12-20T00:00:00Z', now)).toBe(true)
  expect(endsSoon('2027-01-20T00:00:00Z', now)).toBe(false)
})

test('experts with the training duty and supervisors can train', () => {
  const right = (role: string, duty?: string) => ({ rights: [{ role, duty }] }) as Parameters<typeof trains>[0]
  expect(trains(right('EXPERT', 'TRAINING'))).toBe(true)
  expect(trains(right('SUPERVISOR'))).toBe(true)
  expect(trains(right('EXPERT', 'QUALITY'))).toBe(false)
})
