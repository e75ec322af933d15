import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { promises } from '#description/promises.ts'
import type { Proof } from '#use/evidence/read-proofs.ts'
import { measurePromises } from './promise-metrics.ts'

const proof = (promise: Proof['promise'], holds: boolean): Proof => ({
  promise,
  holds,
  checkedAt: '2026-11-25T10:00:00Z',
  text: { fi: '', sv: '', en: '' },
  facts: {},
  rule: '',
  test: '',
})

async function scrape(read: () => Promise<Proof[]>): Promise<string[]> {
  const registry = new Registry()
  measurePromises(registry, read)
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('seloste_promise'))
}

test('every promise is 1 or 0: a broken one and one without a proof are 0', async () => {
  const lines = await scrape(() => Promise.resolve([proof('history.term', true), proof('rights.own', false)]))
  expect(lines.filter((line) => line.startsWith('seloste_promise_holds'))).toHaveLength(promises.length)
  expect(lines.filter((line) => line.endsWith(' 1'))).toEqual(['seloste_promise_holds{promise="history.term"} 1'])
  expect(lines).toContain(
    `seloste_promise_checked_timestamp_seconds{promise="rights.own"} ${Date.parse('2026-11-25T10:00:00Z') / 1000}`,
  )
})

test('without the database no promise holds', async () => {
  const lines = await scrape(() => Promise.reject(new Error('away')))
  expect(lines).toHaveLength(promises.length)
  expect(lines.every((line) => line.endsWith(' 0'))).toBe(true)
})
