import { setTimeout as wait } from 'node:timers/promises'
import { Counter } from 'prom-client'
import { expect, test } from 'vitest'
import { startMetrics } from './metrics.ts'

test('a blocked event loop shows in its lag, and a scrape resets it', async () => {
  const metrics = startMetrics('desk')
  await wait(50)
  const blockedUntil = performance.now() + 300
  while (performance.now() < blockedUntil);
  await wait(50)
  expect(metrics.eventLoopLagMs()).toBeGreaterThan(200)
  const { text, contentType } = await metrics.scrape()
  expect(contentType).toContain('text/plain')
  const lag = /seloste_event_loop_lag_p99_seconds\{process="desk"\} ([\d.]+)/.exec(text)?.[1]
  expect(Number(lag)).toBeGreaterThan(0.2)
  // On a busy machine one iteration of the event loop may be that late by chance; the next one is not.
  const next = async () => {
    await metrics.scrape()
    await wait(50)
    return metrics.eventLoopLagMs()
  }
  // So short that the one late iteration would still be the 99th percentile if it were kept.
  await expect.poll(next, { timeout: 500 }).toBeLessThan(200)
  metrics.stop()
})

test('a registered counter is reported together with the process metrics', async () => {
  const metrics = startMetrics('capture')
  const calls = new Counter({ name: 'calls_total', help: 'Calls', registers: [metrics.registry] })
  calls.inc()
  const { text } = await metrics.scrape()
  expect(text).toContain('calls_total{process="capture"} 1')
  expect(text).toContain('process_resident_memory_bytes')
  metrics.stop()
})
