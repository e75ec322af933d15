import { parseDate } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import { csvOf } from './csv.ts'
import { figureText, columnsOf } from './figure-columns.ts'
import { svgOf } from './plot-files.ts'
import { layOutPlot, ticksOf, type Plot } from './plot-scene.ts'
import { comparedDays, daysOf, queryOf, readQuestion } from './question.ts'

const today = parseDate('2026-11-26')
const days = (start: string, end: string) => ({ start: parseDate(start), end: parseDate(end) })
const textOf = (given: ReturnType<typeof comparedDays>) => given && [given.start.toString(), given.end.toString()]

describe('a question', () => {
  test('is parsed from the URL, and URL parts without a meaning are dropped', () => {
    const question = {
      from: '2026-01-01',
      to: '2026-03-31',
      by: 'hour',
      measure: 'wait',
      compare: 'year',
      region: 'Lappi',
    }
    expect(readQuestion(question)).toEqual(question)
    expect(
      readQuestion({ from: '2026-03-01', to: '2026-01-01', by: 'official', measure: 'x', compare: 'none' }),
    ).toEqual({})
    expect(readQuestion({ by: 'month', measure: 'calls' })).toEqual({})
  })

  test('covers the last eleven months and the present one by default', () => {
    expect(queryOf({}, today)).toEqual({ from: '2025-12-01', to: '2026-11-26', by: 'month', measure: 'calls' })
    expect(daysOf({ from: '2026-02-01', to: '2026-02-28' }, today)).toEqual(days('2026-02-01', '2026-02-28'))
  })

  test('is compared with as many days or whole months before, or the same days of the year before', () => {
    expect(textOf(comparedDays(days('2026-10-05', '2026-10-11'), 'before'))).toEqual(['2026-09-28', '2026-10-04'])
    expect(textOf(comparedDays(days('2026-03-01', '2026-04-30'), 'before'))).toEqual(['2026-01-01', '2026-02-28'])
    expect(textOf(comparedDays(days('2025-02-01', '2025-02-28'), 'year'))).toEqual(['2024-02-01', '2024-02-29'])
    expect(textOf(comparedDays(days('2025-12-01', '2026-11-26'), 'year'))).toEqual(['2024-12-01', '2025-11-26'])
    expect(comparedDays(days('2024-12-01', '2026-11-26'), 'year')).toBeUndefined()
  })
})

describe('a plot', () => {
  const plot: Plot = {
    items: [
      { label: 'a', value: 10, compared: 20 },
      { label: 'b', compared: 5 },
    ],
    isCompared: true,
    kind: 'count',
    write: String,
    width: 400,
    isHorizontal: false,
    legend: { value: 'nyt', compared: 'ennen' },
  }

  test('has a dash where nothing is reported, and a bar for everything else', () => {
    for (const isHorizontal of [true, false]) {
      const { rects, texts } = layOutPlot({ ...plot, isHorizontal })
      const bars = rects.filter(({ height, width }) => height > 0 && width > 0 && !(height === 14 && width === 14))
      expect(bars.filter(({ paint }) => paint === 'value')).toHaveLength(1)
      expect(bars.filter(({ paint }) => paint === 'compared')).toHaveLength(2)
      expect(texts.filter(({ text }) => text === '–')).toHaveLength(1)
    }
  })

  test('stays within its width and height, upright and horizontal', () => {
    for (const isHorizontal of [true, false]) {
      const { rects, lines, width, height } = layOutPlot({ ...plot, isHorizontal, width: 280 })
      for (const rect of rects) expect(rect.x + rect.width).toBeLessThanOrEqual(width)
      for (const line of lines) expect(Math.max(line.y1, line.y2)).toBeLessThanOrEqual(height)
    }
  })

  test('has round numbers on its axis, and whole minutes for lengths', () => {
    expect(ticksOf(97, 'count')).toEqual([0, 25, 50, 75, 100])
    expect(ticksOf(0.83, 'share')).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(ticksOf(400, 'length')).toEqual([0, 120, 240, 360, 480])
    expect(ticksOf(0, 'count').at(-1)).toBeGreaterThan(0)
  })

  test('as a file contains no name that could be read as markup', () => {
    const svg = svgOf(layOutPlot({ ...plot, title: ['<script>&"'] }))
    expect(svg).toContain('&lt;script&gt;&amp;&quot;')
    expect(svg).not.toContain('<script')
  })
})

describe('a table as a file', () => {
  test('has separate cells, and none that begins a formula', () => {
    expect(
      csvOf([
        ['a;b', 'c"d'],
        ['=1+1', '–'],
      ]),
    ).toBe('\uFEFF"a;b";"c""d"\r\n\'=1+1;–\r\n')
  })
})

test('a figure of too few calls is written as a dash, and a figure beyond the last bound as “at least” that bound', () => {
  const [median] = columnsOf('talk')
  const t = (key: string, values?: object) => `${key} ${JSON.stringify(values)}`
  expect(figureText({ median: null }, median!, 'fi', t as never)).toBe('–')
  expect(figureText({ median: { seconds: 90 } }, median!, 'fi', t as never)).toBe('1 min 30 s')
  expect(figureText({ median: { seconds: 3600, isAtLeast: true } }, median!, 'fi', t as never)).toContain(
    'studies.atLeast',
  )
})
