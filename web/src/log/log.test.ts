import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fi from 'virtual:texts/fi'
import { describe, expect, test } from 'vitest'
import { logQueryOf, readLogFilters } from './log-filters.ts'
import { blocksOf, rowAfterKey, scrollTo, visibleRows } from './visible-rows.ts'

describe('the URL of a view of the log', () => {
  test('is parsed field by field, and unknown fields are dropped', () => {
    expect(
      readLogFilters({
        person: ' Aino ',
        role: 'SECURITY',
        action: 'contact.read',
        result: 'refused',
        purpose: 'QUALITY',
        object: '0198C7A2-0000-7000-8000-000000000003',
        reference: 'VIKA-1',
        from: '2026-11-24',
        to: '2026-11-25T10:30',
        entry: '7',
        colour: 'red',
      }),
    ).toEqual({
      person: 'Aino',
      role: 'SECURITY',
      action: 'contact.read',
      result: 'refused',
      purpose: 'QUALITY',
      object: '0198c7a2-0000-7000-8000-000000000003',
      reference: 'VIKA-1',
      from: '2026-11-24',
      to: '2026-11-25T10:30',
      entry: '7',
    })
    expect(readLogFilters({ role: 'ROOT', result: 'maybe', object: 'x', from: 'yesterday', entry: '-1' })).toEqual({})
  })

  test('accepts instants of other pages, in Finnish time, without narrowing them', () => {
    const filters = readLogFilters({ from: '2026-11-24T08:00:30.5Z', to: '2026-11-24T08:10:01.000Z' })
    expect(filters).toEqual({ from: '2026-11-24T10:00', to: '2026-11-24T10:11' })
    expect(logQueryOf(filters)).toEqual({ from: '2026-11-24T08:00:00.000Z', to: '2026-11-24T08:11:00.000Z' })
  })

  test('queries whole days, and not only the open entry', () => {
    expect(logQueryOf({ from: '2026-11-24', to: '2026-11-24', entry: '3', role: 'EXPERT' })).toEqual({
      role: 'EXPERT',
      from: '2026-11-23T22:00:00.000Z',
      to: '2026-11-24T22:00:00.000Z',
    })
  })
})

describe('rows of a long list', () => {
  test('are rendered where they are visible, and a few beyond', () => {
    expect(visibleRows(0, 480, 48, 100_000)).toEqual({ first: 0, end: 18 })
    expect(visibleRows(48_000, 480, 48, 100_000)).toEqual({ first: 992, end: 1018 })
    expect(visibleRows(48 * 100_000, 480, 48, 100_000)).toEqual({ first: 99_992, end: 100_000 })
    expect(visibleRows(0, 480, 48, 0)).toEqual({ first: 0, end: 0 })
  })

  test('are fetched in blocks', () => {
    expect(blocksOf({ first: 190, end: 210 }, 200)).toEqual([0, 1])
    expect(blocksOf({ first: 200, end: 400 }, 200)).toEqual([1])
    expect(blocksOf({ first: 0, end: 0 }, 200)).toEqual([])
  })

  test('can be traversed by keyboard to either end and no further', () => {
    expect(rowAfterKey('ArrowDown', 4, 10, 100)).toBe(5)
    expect(rowAfterKey('PageDown', 95, 10, 100)).toBe(99)
    expect(rowAfterKey('PageUp', 4, 10, 100)).toBe(0)
    expect(rowAfterKey('End', 4, 10, 100_000)).toBe(99_999)
    expect(rowAfterKey('x', 4, 10, 100)).toBeUndefined()
  })

  test('are scrolled into view completely, and no further than needed', () => {
    expect(scrollTo(0, 100, 480, 48)).toBe(0)
    expect(scrollTo(5, 100, 480, 48)).toBe(100)
    expect(scrollTo(20, 100, 480, 48)).toBe(21 * 48 - 480)
  })
})

describe('the words of the log', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')

  test('name every action and kind of object that can be logged, and every problem that can be found', () => {
    const append = read('src/safeguards/audit/append.ts')
    const actions = read('src/safeguards/audit/appenders.ts').match(/(?<=^ {2}')[\w.-]+(?=': \[)/gm) ?? []
    expect(actions.length).toBeGreaterThan(60)
    const offered = Object.keys(fi).flatMap((key) => /^log\.action\.(?!any$)(.+)$/.exec(key)?.[1] ?? [])
    expect(offered.toSorted()).toEqual([...new Set(actions)].toSorted())
    const kinds = append.match(/(?<=^ {10}\| ')[\w-]+/gm) ?? []
    expect(kinds.length).toBeGreaterThan(15)
    const report = read('src/safeguards/audit/verify/report.ts')
    const codes = report.slice(0, report.indexOf('as const')).match(/(?<=^ {2}'?)[\w-]+(?='?: ')/gm) ?? []
    expect(codes.length).toBeGreaterThan(30)
    const withoutText = [
      ...actions.map((action) => `log.action.${action}`),
      ...kinds.map((kind) => `log.object.${kind}`),
      ...codes.map((code) => `log.problem.${code}`),
    ].filter((word) => !(word in fi))
    expect(withoutText).toEqual([])
  })
})
