import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Blockers } from '#platform/blockers/blockers.ts'
import { Counter, Gauge } from 'prom-client'
import { startMetrics } from './metrics.ts'
import { serveMetrics, readServedMetrics, writeMetrics } from './share-metrics.ts'

const noBlockers: Blockers = { raise: () => undefined, clear: () => undefined, list: () => [] }

test('one scrape has the metrics of every process that answers, each under its own label', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-metrics-'))
  const [desk, capture] = [startMetrics('desk'), startMetrics('capture')]
  const calls = new Counter({ name: 'calls_total', help: 'Calls', registers: [capture.registry] })
  calls.inc(3)
  new Gauge({ name: 'age_seconds', help: 'Age', registers: [capture.registry] }).set(Infinity)
  const server = await serveMetrics(capture.registry, join(folder, 'capture.sock'), noBlockers)
  const sockets = { capture: join(folder, 'capture.sock'), custodian: join(folder, 'not-running.sock') }
  const served = await readServedMetrics(sockets)
  expect([...served.keys()]).toEqual(['capture'])
  const text = await writeMetrics(desk.registry, [...served.values()])
  expect(text).toContain('calls_total{process="capture"} 3')
  expect(text, 'an event that never happened has an infinite age').toContain('age_seconds{process="capture"} +Inf')
  expect(text).toMatch(/seloste_event_loop_lag_p99_seconds\{process="desk"\}/)
  expect(text).toMatch(/seloste_event_loop_lag_p99_seconds\{process="capture"\}/)
  expect(text.match(/# TYPE seloste_event_loop_lag_p99_seconds/g)).toHaveLength(1)
  await server.stop()
  desk.stop()
  capture.stop()
  await rm(folder, { recursive: true })
})
