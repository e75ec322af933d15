import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { callFacts, phone } from '#test/database/people.ts'
import { createQuotaCounts } from './quota-counts.ts'

const [number, other] = [phone('029 497 000'), phone('029 497 010')]
const rule = { id: 'general' }
const [aino, bertil] = [randomUUID(), randomUUID()]
const at = (text: string) => Temporal.Instant.from(text)
// 2 March 2026 is a Monday: its week begins on Sunday at 22.00 UTC.
const monday = at('2026-03-01T22:00:00Z')

function drawnCall(
  answeredAt: Temporal.Instant,
  options: { official?: string; number?: typeof number; quotaUsed?: number } = {},
) {
  const { official = aino, quotaUsed = 0 } = options
  return callFacts({
    answeredAt,
    numberReached: { key: options.number ?? number },
    official: { personId: official, name: 'Aino', phone: phone('029 512 1001') },
    decision: { record: true, reason: 'drawn', ruleId: 'general', ruleVersion: 1, share: 1, draw: 0.1, quotaUsed },
  })
}

test('recordings are counted by rule, week, and official or number', () => {
  const counts = createQuotaCounts()
  for (const facts of [
    drawnCall(monday),
    drawnCall(monday, { official: bertil }),
    drawnCall(monday, { number: other }),
  ]) {
    counts.count(facts)
  }
  const used = counts.used(monday)
  expect(used(rule, { official: aino })).toBe(2)
  expect(used(rule, { official: bertil })).toBe(1)
  expect(used(rule, { number })).toBe(2)
  expect(used({ id: 'another' }, { number })).toBe(0)
})

test('a call that two nodes report is counted once: individually only at the node whose report is entered', () => {
  const counts = createQuotaCounts()
  const [facts, used] = [drawnCall(monday), counts.used(monday)]
  counts.count(facts)
  counts.admitted(facts, false)
  counts.setRegisterTallies(monday, [{ ruleId: 'general', officialId: aino, number, recorded: 1 }])
  expect(used(rule, { number })).toBe(1)
  expect(counts.known).toEqual([])
  counts.admitted(facts, true)
  counts.admitted(facts, true)
  expect(used(rule, { number })).toBe(2)
})

test('a week begins on Monday at midnight in Helsinki, also with a clock change in it', () => {
  const counts = createQuotaCounts()
  counts.count(drawnCall(monday.subtract({ nanoseconds: 1 })))
  counts.count(drawnCall(monday))
  expect(counts.used(monday)(rule, { number })).toBe(1)
  expect(counts.used(at('2026-03-08T21:59:59Z'))(rule, { number })).toBe(1)
  expect(counts.used(at('2026-03-08T22:00:00Z'))(rule, { number })).toBe(0)
  // The clock change is on Sunday 29 March: the week after it begins at 21.00 UTC.
  counts.count(drawnCall(at('2026-03-29T20:59:59Z')))
  expect(counts.used(at('2026-03-29T20:59:59Z'))(rule, { number })).toBe(1)
  expect(counts.used(at('2026-03-29T21:00:00Z'))(rule, { number })).toBe(0)
})

test('calls without a quota are not counted', () => {
  const counts = createQuotaCounts()
  const { decision } = drawnCall(monday)
  const { quotaUsed: _, ...withoutQuota } = decision
  counts.count(callFacts({ answeredAt: monday, decision: withoutQuota }))
  counts.count(callFacts({ answeredAt: monday, decision: { ...decision, record: false, reason: 'quota-full' } }))
  expect(counts.used(monday)(rule, { number })).toBe(0)
})

test('a segment counts once, and not at all if it was not recorded after all', () => {
  const counts = createQuotaCounts()
  const facts = drawnCall(monday)
  counts.count(facts)
  counts.count(facts)
  expect(counts.used(monday)(rule, { official: aino })).toBe(1)
  counts.forget(facts.segmentId)
  counts.forget(facts.segmentId)
  expect(counts.used(monday)(rule, { official: aino })).toBe(0)
})

test('counts of other processes are added, and repeated reports replace earlier ones', () => {
  const counts = createQuotaCounts()
  counts.count(drawnCall(monday))
  const tally = (recorded: number) => ({ ruleId: 'general', officialId: aino, number, recorded })
  counts.setRegisterTallies(monday, [tally(2), { ...tally(1), number: other }])
  expect(counts.used(monday)(rule, { official: aino })).toBe(4)
  expect(counts.used(monday)(rule, { number })).toBe(3)
  counts.setRegisterTallies(monday, [tally(1)])
  expect(counts.used(monday)(rule, { official: aino })).toBe(2)
})

test('weeks before the previous week are forgotten', () => {
  const counts = createQuotaCounts()
  const week = { hours: 7 * 24 }
  counts.count(drawnCall(monday))
  counts.setRegisterTallies(monday.add(week), [])
  expect(counts.known).toHaveLength(1)
  counts.setRegisterTallies(monday.add(week).add(week), [])
  expect(counts.known).toEqual([])
  expect(counts.used(monday)(rule, { official: aino })).toBe(0)
})
