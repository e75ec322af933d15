import { expect, test } from 'vitest'
import type { TracedSpan, Traces } from '#platform/traces/traces.ts'
import { callFacts, recordingFacts } from '#test/database/people.ts'
import { spanIdsOf, traceAdmission, traceCalls } from './trace-calls.ts'

function collectSpans(): { traces: Traces; spans: TracedSpan[] } {
  const spans: TracedSpan[] = []
  return { spans, traces: { on: true, record: (span) => spans.push(span), stop: () => Promise.resolve() } }
}
const stored = {
  ...recordingFacts(),
  stored: { sizeBytes: 10, incomplete: false, packetsReceived: 7, packetsLost: 1 },
}

test('a segment is traced once, when it has ended and is stored, in the trace of its contact', () => {
  const { traces, spans } = collectSpans()
  const trace = traceCalls(traces, () => 5)
  const facts = callFacts({ recording: { ...stored, stored: undefined } })
  trace({ ...facts, endedAt: undefined })
  trace(facts)
  expect(spans).toEqual([])
  const complete = { ...facts, recording: stored }
  trace(complete)
  trace(complete)
  expect(spans.map(({ name }) => name)).toEqual(['call segment', 'record', 'store'])
  const { call, child } = spanIdsOf(facts.contactId, facts.segmentId)
  expect(call.traceId).toBe(facts.contactId.replaceAll('-', ''))
  expect(child.parentSpanId).toBe(call.spanId)
  expect(spans.map(({ spanIds }) => spanIds)).toEqual([call, child, child])
})

test('a history-only call has one span', () => {
  const { traces, spans } = collectSpans()
  traceCalls(traces, () => 5)(callFacts())
  expect(spans.map(({ name }) => name)).toEqual(['call segment'])
})

test('no span contains a number or a name', () => {
  const { traces, spans } = collectSpans()
  const facts = callFacts({ recording: stored })
  traceCalls(traces, () => 5)(facts)
  const text = JSON.stringify(spans)
  const { caller, numberCalled, numberReached, official } = facts
  for (const value of [caller.key, caller.raw, numberCalled.key, numberReached.key, official?.name, official?.phone]) {
    if (value) expect(text).not.toContain(value)
  }
  for (const id of facts.callIds) expect(text).not.toContain(id)
})

test('admission is traced with its result, and rethrows errors', async () => {
  const { traces, spans } = collectSpans()
  let now = 0
  const clock = () => (now += 10)
  await traceAdmission(traces, clock, () => Promise.resolve('in'))(callFacts())
  const away = traceAdmission(traces, clock, () => Promise.reject(new Error('away')))
  await expect(away(callFacts())).rejects.toThrow('away')
  expect(spans.map(({ name, failed, startedMs, endedMs }) => [name, failed, endedMs - startedMs])).toEqual([
    ['admit', false, 10],
    ['admit', true, 10],
  ])
})
