import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { listedMetrics, type ListedMetric } from './listed-metrics.ts'

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; remedy: string }
}
interface Panel {
  title: string
  targets?: { expr: string; legendFormat: string }[]
}

const folder = new URL('../../docs/operate/examples/monitoring/', import.meta.url)
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const { groups } = parse(text('seloste.rules.yml')) as { groups: { name: string; rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const { panels } = JSON.parse(text('seloste-dashboard.json')) as { panels: Panel[] }
const targets = panels.flatMap(({ title, targets: request }) => (request ?? []).map((one) => ({ title, ...one })))

const listed = new Map(listedMetrics().map((metric) => [metric.name, metric]))
/** Metrics of Prometheus itself, and metrics that every process has. */
const foreign: ListedMetric[] = [
  { name: 'up', type: 'gauge', labels: ['job'], help: '' },
  { name: 'process_resident_memory_bytes', type: 'gauge', labels: [], help: '' },
]
const everywhere = ['process', 'instance', 'le']

/** Returns the metrics in an expression, or the whole expression if there are none. */
function metricsIn(expr: string): (ListedMetric | string)[] {
  const names = expr.replaceAll(/"[^"]*"/g, '').match(/\b(?:seloste_\w+|process_\w+|nodejs_\w+|up)\b/g) ?? []
  return names.map((name) => {
    const known = listed.get(name) ?? foreign.find((one) => one.name === name)
    if (known) return known
    const whole = listed.get(name.replace(/_(bucket|sum|count)$/, ''))
    return whole?.type === 'histogram' ? whole : name
  })
}

/** Returns the labels named in an expression or in its annotations. */
function labelsIn(expr: string, annotationText: string): string[] {
  const matched = [...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label!)
  const grouped = [...expr.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, list]) => list!.split(','))
  const labels = [...annotationText.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label!)
  return [...matched, ...grouped, ...labels].map((label) => label.trim()).filter((label) => label !== 'value')
}

function problemsOf(expr: string, annotationText: string): string[] {
  const request = metricsIn(expr)
  const unknown = request.filter((one) => typeof one === 'string')
  if (request.length === 0) return ['it asks for nothing']
  if (unknown.length > 0) return unknown.map((name) => `there is no metric ${name}`)
  const labels = new Set([...everywhere, ...request.flatMap((one) => (typeof one === 'string' ? [] : one.labels))])
  return labelsIn(expr, annotationText)
    .filter((label) => !labels.has(label))
    .map((label) => `there is no label ${label}`)
}

test('every alert rule uses existing metrics and labels', () => {
  const problems = rules.flatMap(({ alert, expr, annotations }) =>
    problemsOf(expr, Object.values(annotations).join(' ')).map((problem) => `${alert}: ${problem}`),
  )
  expect(problems).toEqual([])
})

test('every panel of the dashboard uses existing metrics and labels', () => {
  expect(targets.length).toBeGreaterThan(20)
  const problems = targets.flatMap(({ title, expr, legendFormat }) =>
    problemsOf(expr, legendFormat).map((problem) => `${title}: ${problem}`),
  )
  expect(problems).toEqual([])
})

test('every expression that docs/operate calls an alert has an alert rule', () => {
  const pages = new URL('../../docs/operate/', import.meta.url)
  const ruled = rules.map(({ expr }) => expr).join(' ')
  const called = readdirSync(pages)
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => readFileSync(new URL(name, pages), 'utf8').split('\n'))
    .filter((line) => /^ {4}.*\bseloste_\w+.* (?:>|<|==) [\d.]/.test(line))
  expect(called.length).toBeGreaterThan(5)
  const missing = called.flatMap((line) => line.match(/\bseloste_\w+/g) ?? []).filter((name) => !ruled.includes(name))
  expect(missing).toEqual([])
})

test('a missing metric or label is detected', () => {
  expect(problemsOf('seloste_nothing > 0', '')).toEqual(['there is no metric seloste_nothing'])
  expect(problemsOf('sum by (wrong) (seloste_records_overdue{kind="x"})', '')).toEqual(['there is no label wrong'])
  expect(problemsOf('seloste_records_overdue > 0', '{{ $labels.place }}')).toEqual(['there is no label place'])
})

test('every alert has a severity, a sentence and a remedy, and names an existing page', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'ticket'], alert).toContain(labels.severity)
    expect(annotations.summary.length, alert).toBeGreaterThan(10)
    const pages = annotations.remedy.match(/[\w-]+\.md/g) ?? []
    for (const page of pages) expect(existsSync(new URL(`../../${page}`, folder)), `${alert}: ${page}`).toBe(true)
    expect(annotations.remedy.length, alert).toBeGreaterThan(10)
  }
})
