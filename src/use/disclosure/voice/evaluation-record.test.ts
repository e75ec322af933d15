import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  controlDemands,
  demandsOf,
  passingRecord,
  readEvaluationRecord,
  unmetDemands,
  type EvaluationRecord,
} from './evaluation-record.ts'

const sources = 'a'.repeat(64)
const passing: EvaluationRecord = {
  format: 1,
  engine: 'nvq',
  version: '1',
  level: 'D',
  sources,
  day: '2026-11-26',
  full: true,
  sets: [{ set: '10-people', what: 'prompts', speakers: 12, disclosed: 96 }],
  figures: Object.fromEntries(
    [...controlDemands, ...demandsOf.D].map(({ figure, atLeast, atMost }) => [figure, atLeast ?? atMost ?? 5]),
  ),
}
const engine = { name: 'nvq', version: '1', level: 'D', sources } as const
const withFigures = (changes: Record<string, number>): EvaluationRecord => ({
  ...passing,
  figures: { ...passing.figures, ...changes },
})

test('an engine may be registered if all its figures meet the demands of its level', () => {
  expect(readEvaluationRecord(JSON.stringify(passing))).toEqual(passing)
  expect(unmetDemands(passing)).toEqual([])
  expect(passingRecord([passing], engine)).toEqual(passing)
})

test('a record counts only for the version, level and sources it was made with', () => {
  for (const other of [{ name: 'nv' }, { version: '2' }, { level: 'N' as const }, { sources: 'b'.repeat(64) }])
    expect(passingRecord([passing], { ...engine, ...other })).toBe('engine-not-evaluated')
})

test('one figure out of bounds or missing gets the engine refused', () => {
  expect(passingRecord([withFigures({ 'semi-informed.prompts': 6.9 })], engine)).toBe('engine-evaluation-failed')
  expect(passingRecord([withFigures({ 'picked-out.100-people': 31 })], engine)).toBe('engine-evaluation-failed')
  const { estoi: _, ...without } = passing.figures
  expect(passingRecord([{ ...passing, figures: without }], engine)).toBe('engine-evaluation-failed')
})

test('figures prove nothing if the attacker fails on original speech or on McAdams', () => {
  expect(unmetDemands(withFigures({ 'original.semi-informed.10-people': 9 }))).toHaveLength(1)
  expect(unmetDemands(withFigures({ 'mcadams.semi-informed.10-people': 14 }))).toHaveLength(1)
})

test('an invalid record is refused, whatever is wrong with it', () => {
  const wrong = [
    'not JSON',
    '[]',
    JSON.stringify({ ...passing, format: 2 }),
    JSON.stringify({ ...passing, level: 'T' }),
    JSON.stringify({ ...passing, sources: 'abc' }),
    JSON.stringify({ ...passing, day: 'today' }),
    JSON.stringify({ ...passing, figures: { estoi: '0.5' } }),
    JSON.stringify({ ...passing, sets: [{}] }),
  ]
  for (const text of wrong) expect(readEvaluationRecord(text)).toBe('evaluation-record-malformed')
})

test('registering at level D requires the figure of five combined recordings of one person, at level N at least 30', () => {
  const { 'pooled-five.finnish': _, ...without } = passing.figures
  expect(passingRecord([{ ...passing, figures: without }], engine)).toBe('engine-evaluation-failed')
  expect(passingRecord([withFigures({ 'pooled-five.finnish': 0 })], engine)).toEqual(
    withFigures({ 'pooled-five.finnish': 0 }),
  )
  const neural: EvaluationRecord = {
    ...passing,
    level: 'N',
    figures: Object.fromEntries(
      [...controlDemands, ...demandsOf.N].map(({ figure, atLeast, atMost }) => [figure, atLeast ?? atMost ?? 5]),
    ),
  }
  expect(unmetDemands(neural)).toEqual([])
  const reported = { ...neural.figures, 'pooled-five.10-people': 29.9 }
  expect(unmetDemands({ ...neural, figures: reported })).toEqual([{ figure: 'pooled-five.10-people', atLeast: 30 }])
})

test('a record without the figure of five combined recordings can be read, but registers no engine', () => {
  const nvq8 = new URL('../../../../engines/nvq/evaluations/nvq-8.json', import.meta.url)
  const record = readEvaluationRecord(readFileSync(nvq8, 'utf8')) as EvaluationRecord
  expect(record).toMatchObject({ engine: 'nvq', version: '8', level: 'D' })
  expect(unmetDemands(record)).toEqual([{ figure: 'pooled-five.10-people' }, { figure: 'pooled-five.finnish' }])
})
