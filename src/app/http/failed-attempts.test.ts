import { expect, test } from 'vitest'
import { countFailedAttempts } from './failed-attempts.ts'

const start = Temporal.Instant.from('2026-03-02T08:00:00Z')

test('twenty wrong passwords for one user id, however it is written, make it wait a quarter of an hour', () => {
  const attempts = countFailedAttempts()
  for (let n = 0; n < 20; n++) {
    expect(attempts.tooMany('aino', start)).toBe(false)
    attempts.failed(n % 2 ? 'Aino ' : 'aino', start)
  }
  expect(attempts.tooMany(' AINO', start.add({ minutes: 14 }))).toBe(true)
  expect(attempts.tooMany('bertil', start)).toBe(false)
  expect(attempts.tooMany('aino', start.add({ minutes: 15 }))).toBe(false)
})

test('a right password in between begins the count anew', () => {
  const attempts = countFailedAttempts()
  for (let n = 0; n < 19; n++) attempts.failed('aino', start)
  attempts.succeeded('Aino')
  attempts.failed('aino', start)
  expect(attempts.tooMany('aino', start)).toBe(false)
})

test('made-up user ids fill no memory', () => {
  const attempts = countFailedAttempts()
  for (let n = 0; n < 20; n++) attempts.failed('first', start)
  for (let n = 0; n < 10_000; n++) attempts.failed(`made-up-${n}`, start)
  expect(attempts.tooMany('first', start)).toBe(false)
})
