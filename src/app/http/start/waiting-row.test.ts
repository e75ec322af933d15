import { expect, test } from 'vitest'
import { arrangeRows, type WaitingRow } from './waiting-row.ts'

const now = Temporal.Instant.from('2026-12-01T10:00:00Z')
const at = (hours: number) => now.add({ hours })

test('puts late and failed rows first, then orders by deadline, and rows without a deadline by age', () => {
  const rows: WaitingRow[] = [
    { kind: 'right-decide', name: 'asked just now', since: now },
    { kind: 'evaluation', name: 'in ninety days', deadline: at(24 * 90) },
    { kind: 'right-decide', name: 'asked a week ago', since: at(-24 * 7) },
    { kind: 'draft-own', name: 'in two days', deadline: at(48) },
    { kind: 'blocker', name: 'failed', since: at(-1), isDueNow: true },
    { kind: 'request', name: 'late', deadline: at(-24) },
  ]
  expect(arrangeRows(rows, now).map(({ name, urgency }) => [name, urgency])).toEqual([
    ['late', 'now'],
    ['failed', 'now'],
    ['in two days', 'soon'],
    ['asked a week ago', 'waits'],
    ['asked just now', 'waits'],
    ['in ninety days', 'waits'],
  ])
})

test('folds the sixth and later of more than six rows of a kind into one, with their count, earliest age and deadline', () => {
  const many = Array.from({ length: 9 }, (_, n): WaitingRow => ({
    kind: 'evaluation',
    id: String(n),
    since: at(-n),
    deadline: at(100 + n),
  }))
  const arranged = arrangeRows([...many, { kind: 'calibration', since: now }], now)
  expect(arranged.filter(({ kind }) => kind === 'evaluation').map(({ id, count }) => [id, count])).toEqual([
    ['0', 1],
    ['1', 1],
    ['2', 1],
    ['3', 1],
    ['4', 1],
    [undefined, 4],
  ])
  const folded = arranged.find(({ count }) => count === 4)
  expect(folded?.since?.toString()).toBe(at(-8).toString())
  expect(folded?.deadline?.toString()).toBe(at(105).toString())
  expect(arranged).toHaveLength(7)
})

test('lists six rows of a kind one by one', () => {
  const six = Array.from({ length: 6 }, (_, n): WaitingRow => ({ kind: 'alarm', id: String(n), since: at(-n) }))
  expect(arrangeRows(six, now).map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 1])
})
