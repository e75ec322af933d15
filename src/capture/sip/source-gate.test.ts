import { expect, test } from 'vitest'
import { createFakeClock } from '#test/conformance/sip/fake-clock.ts'
import { createSourceGate } from './source-gate.ts'

const limits = { newRequestsPerSecond: 10, newRequestsBurst: 3, rememberedSources: 2 }

test('a source gets its burst, then as many refusals, then no answer, and burst and refusals refill with time', () => {
  const clock = createFakeClock()
  const gate = createSourceGate(limits, clock)
  const verdicts = () => Array.from({ length: 8 }, () => gate.judge('192.0.2.1'))
  const all = ['serve', 'serve', 'serve', 'refuse', 'refuse', 'refuse', 'drop', 'drop']
  expect(verdicts()).toEqual(all)
  expect(gate.judge('192.0.2.2')).toBe('serve')
  clock.advance(100)
  expect(gate.judge('192.0.2.1')).toBe('serve')
  expect(gate.judge('192.0.2.1')).toBe('refuse')
  clock.advance(60_000)
  expect(verdicts()).toEqual(all)
})

test('evicts the least recently active source', () => {
  const gate = createSourceGate(limits, createFakeClock())
  for (let i = 0; i < 3; i++) gate.judge('192.0.2.1')
  gate.judge('192.0.2.2')
  gate.judge('192.0.2.1')
  gate.judge('192.0.2.3')
  expect(gate.judge('192.0.2.1')).toBe('refuse')
})

test('the allow-list accepts addresses and subnets of both families', () => {
  const gate = createSourceGate(
    { ...limits, allowedSources: ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'] },
    createFakeClock(),
  )
  expect(['192.0.2.1', '198.51.100.9', '2001:db8:1::5'].map(gate.allows)).toEqual([true, true, true])
  expect(['192.0.2.2', '198.51.101.1', '2001:db9::1', '', 'nonsense'].map(gate.allows)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
