// A call's duration does not depend on the clock. Otherwise a clock that is set during a call would date its end before the
// audio, which would be trimmed at ingestion and could not be recovered.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock, type Clock } from '#platform/clock/clock.ts'
import { everyCall } from '#test/conformance/sip/wired-recorder.ts'
import { openClient, openLoopbackRecorder, type LoopbackRecorder } from './loopback-recorder.ts'

let folder = ''
let recorder: LoopbackRecorder
let step = new Temporal.Duration()
const clock: Clock = {
  now: () => systemClock.now().add(step),
  monotonicMs: () => systemClock.monotonicMs(),
}

beforeEach(async () => {
  step = new Temporal.Duration()
  folder = await mkdtemp(join(tmpdir(), 'seloste-clock-'))
  recorder = await openLoopbackRecorder(folder, { firstPort: 11_900, description: () => everyCall, clock })
})
afterEach(async () => {
  await recorder.stop()
  await rm(folder, { recursive: true })
})

test.each([
  ['ten minutes back', { minutes: -10 }],
  ['25 hours back', { hours: -25 }],
  ['forty days ahead', { hours: 24 * 40 }],
])('a clock that is set %s during a call makes it neither shorter nor longer', async (_how, by) => {
  const client = await openClient(recorder, '127.0.0.1', 1)
  expect((await client.open()).status).toBe(200)
  const began = performance.now()
  await client.speak(100)
  await wait(3_000)
  step = Temporal.Duration.from(by)
  await client.speak(100)
  await client.bye()
  const lasted = performance.now() - began
  client.close()
  await vi.waitFor(() => expect(recorder.segments()[0]?.endedAt).toBeDefined(), { timeout: 20_000, interval: 10 })
  const { answeredAt, startedAt, endedAt } = recorder.segments()[0]!
  const reported = endedAt!.since(answeredAt ?? startedAt).total('milliseconds')
  expect(reported).toBeGreaterThan(lasted - 1_000)
  expect(reported).toBeLessThan(lasted + 3_000)
})
