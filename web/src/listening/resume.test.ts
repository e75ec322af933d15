import { expect, test } from 'vitest'
import { startPosition } from './resume.ts'

const durationMs = 60_000

test('a first listening starts at the moment in the URL, or at the beginning', () => {
  expect(startPosition(undefined, undefined)).toBe(0)
  expect(startPosition(12_000, undefined)).toBe(12_000)
})

test('a repeated listening resumes where the last one stopped, also before the moment in the URL', () => {
  expect(startPosition(undefined, { atMs: 31_500, durationMs, momentMs: undefined })).toBe(31_500)
  expect(startPosition(12_000, { atMs: 31_500, durationMs, momentMs: 12_000 })).toBe(31_500)
  expect(startPosition(12_000, { atMs: 4_000, durationMs, momentMs: 12_000 })).toBe(4_000)
})

test('a recording played to its end starts from the beginning', () => {
  expect(startPosition(undefined, { atMs: durationMs, durationMs, momentMs: undefined })).toBe(0)
  expect(startPosition(12_000, { atMs: durationMs - 100, durationMs, momentMs: 12_000 })).toBe(12_000)
})

test('another moment in the URL is followed', () => {
  expect(startPosition(45_000, { atMs: 31_500, durationMs, momentMs: 12_000 })).toBe(45_000)
  expect(startPosition(45_000, { atMs: 31_500, durationMs, momentMs: undefined })).toBe(45_000)
})
