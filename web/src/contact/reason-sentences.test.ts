import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sentencesOf } from './reason-sentences.ts'

const name = { fi: 'Palvelunumerot', sv: 'Servicenumren', en: 'Service numbers' }

/** Reasons of decisions, read from the source text: the web's compiler cannot import that code. */
function decisionReasons(): string[] {
  const code = readFileSync(join(import.meta.dirname, '../../../src/description/decide-recording.ts'), 'utf8')
  const list = /decisionReasons = \[([^\]]+)\]/.exec(code)?.[1] ?? ''
  return [...list.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]!)
}

test('every reason of a decision has its own sentence', () => {
  const reasons = decisionReasons()
  expect(reasons.length).toBeGreaterThan(10)
  const sentences = [...reasons, 'not-answered', 'imported'].map((reason) =>
    sentencesOf({ reason, draw: 0.04, share: 0.1 }),
  )
  expect(sentences.flat()).not.toContain('contact.why.other')
  expect(new Set(sentences.map((words) => words.join())).size).toBe(sentences.length)
})

test('an unknown reason gets the general sentence', () => {
  expect(sentencesOf({ reason: 'toString' })).toEqual(['contact.why.other'])
  expect(sentencesOf({ reason: 'something-new' })).toEqual(['contact.why.other'])
})

test('a missing draw is not reported', () => {
  expect(sentencesOf({ reason: 'drawn' })).toEqual(['contact.why.drawn.plain'])
  expect(sentencesOf({ reason: 'not-drawn', share: 0.1 })).toEqual(['contact.why.not-drawn.plain'])
})

test('there are sentences for a rule for all calls, and for room in a quota', () => {
  const quota = { per: 'official', weekly: 5 } as const
  expect(sentencesOf({ reason: 'drawn', draw: 0.4, share: 1 })).toEqual(['contact.why.all'])
  expect(sentencesOf({ reason: 'drawn', draw: 0.04, share: 0.1, quotaUsed: 2, rule: { name, quota } })).toEqual([
    'contact.why.drawn',
    'contact.why.quota-room',
  ])
})

test('the rule’s hours are shown if they are known', () => {
  const hours = { days: ['MON'], from: '08:00', to: '16:00' } as const
  expect(sentencesOf({ reason: 'outside-hours', rule: { name, hours: { ...hours, days: [...hours.days] } } })).toEqual([
    'contact.why.outside-hours',
  ])
  expect(sentencesOf({ reason: 'outside-hours' })).toEqual(['contact.why.outside-hours.plain'])
})
