import { Counter, Gauge } from 'prom-client'
import { expect, test } from 'vitest'
import { TolerantRegistry } from './tolerant-registry.ts'

test('an unreadable metric has no value and is counted, and the others are reported', async () => {
  const registry = new TolerantRegistry()
  const registers = [registry]
  let isDown = false
  const read = () => {
    if (isDown) throw new Error('the database is down')
    return 7
  }
  new Gauge({
    name: 'overdue',
    help: 'x',
    registers,
    async collect() {
      this.set(await Promise.resolve().then(read))
    },
  })
  new Counter({ name: 'calls_total', help: 'x', registers }).inc(3)
  expect(await registry.metrics()).toMatch(/^overdue 7$/m)
  isDown = true
  const text = await registry.metrics()
  expect(text).not.toMatch(/^overdue /m)
  expect(text).toMatch(/^calls_total 3$/m)
  expect(await registry.metrics()).toMatch(/^seloste_metrics_unread_total\{metric="overdue"\} [12]$/m)
  isDown = false
  expect(await registry.metrics()).toMatch(/^overdue 7$/m)
})
