import { expect, test } from 'vitest'
import { beginsAt } from './resume.ts'

const durationMs = 60_000

test('a first listening starts at the moment in the URL, or at the beginning', () => {
  expect(beginsAt(undefined, undefined)).toBe(0)
  expect(beginsAt(12_000, undefined)).toBe(12_000)
})

test('a repeated listening resumes where the last one stopped, also before the moment in the URL', () => {
  expect(beginsAt(undefined, { atMs: 31_500, durationMs, momentMs: undefined })).toBe(31_500)
  expect(beginsAt(12_000, { atMs: 31_500, durationMs, momentMs: 12_000 })).toBe(31_500)
  expect(beginsAt(12_000, { atMs: 4_000, durationMs, momentMs: 12_000 })).toBe(4_000)
})

test('a recording played to its end starts from the beginning', () => {
  expect(beginsAt(undefined, { atMs: durationMs, durationMs, momentMs: undefined })).toBe(0)
  expect(beginsAt(12_000, { atMs: durationMs - 100, durationMs, momentMs: 12_000 })).toBe(12_000)
})

test('another moment in the URL is followed', () => {
  expect(beginsAt(45_000, { atMs: 31_500, durationMs, momentMs: 12_000 })).toBe(45_000)
  expect(beginsAt(45_000, { atMs: 31_500, durationMs, momentMs: undefined })).toBe(45_000)
})
