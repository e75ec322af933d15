import { afterAll, expect, test } from 'vitest'
import { startCollector } from '#test/monitoring/collector.ts'
import { noTraces, openTraces } from './traces.ts'

const collector = await startCollector()
afterAll(() => collector.stop())
const options = {
  service: 'seloste-test',
  version: '1.2.3',
  onFault: (error: unknown) => expect(error).toBeUndefined(),
}

test('spans reach the collector with their times, parents and attributes, and without anything about the machine', async () => {
  const traces = openTraces({ ...options, endpoint: collector.endpoint })
  const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)]
  const times = { startedMs: 1_795_000_000_000, endedMs: 1_795_000_001_500 }
  traces.record({ name: 'call segment', kind: 'internal', ...times, attributes: {}, spanIds: { traceId, spanId } })
  traces.record({
    ...{ name: 'record', kind: 'internal', ...times, spanIds: { traceId, parentSpanId: spanId }, failed: true },
    attributes: { 'seloste.recording.id': 'an id', 'seloste.packets.lost': undefined },
  })
  await traces.stop()
  expect(collector.requests[0]).toMatchObject({ path: '/v1/traces', type: 'application/json' })
  const [call, record] = collector.spans()
  expect(call).toMatchObject({ name: 'call segment', traceId, spanId, startTimeUnixNano: '1795000000000000000' })
  expect(call!.endTimeUnixNano).toBe('1795000001500000000')
  expect(call!.parentSpanId ?? '').toBe('')
  expect(record).toMatchObject({ name: 'record', traceId, parentSpanId: spanId, status: { code: 2 } })
  expect(record!.attributes).toEqual([{ key: 'seloste.recording.id', value: { stringValue: 'an id' } }])
  expect(call!.resource.map(({ key }) => key).sort()).toEqual(['service.name', 'service.version'])
})

test('without an endpoint nothing is traced, and nothing is loaded', () => {
  expect(openTraces({ ...options, endpoint: undefined })).toBe(noTraces)
})

test('an unreachable collector causes no error', async () => {
  const traces = openTraces({ ...options, endpoint: 'http://127.0.0.1:9' })
  for (let count = 0; count < 100; count++) {
    traces.record({ name: 'x', kind: 'server', startedMs: 1, endedMs: 0, attributes: {} })
  }
  await expect(traces.stop()).resolves.toBeUndefined()
})
