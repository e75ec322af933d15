import { expect, test } from 'vitest'
import { missingOf } from './missing.ts'
import { addTurn, removeTurn, workOf } from './work.ts'

const saved = workOf({
  level: 'T',
  turns: [
    { track: 'CALLER', fromMs: 0, toMs: 900, language: 'fi', text: 'Hei' },
    { track: 'CALLER', fromMs: 5000, toMs: 5900, language: 'fi', text: 'Numero on' },
  ],
  redactions: [
    { track: 'CALLER', fromMs: 0, toMs: 900, reason: 'NAME', source: 'PROPOSED', isReviewed: true },
    { track: 'CALLER', fromMs: 9, toMs: 99, reason: 'NAME', source: 'PROPOSED', isReviewed: false },
  ],
})

test('an obstacle links to the rows that the server counted, even if other rows were inserted since', () => {
  const now = addTurn(saved, 'OFFICIAL', 1000, 60_000, 'fi')
  const [found] = missingOf([{ what: 'identifiers-left', at: [1] }], saved, now)
  expect(found?.turns.map(({ text }) => text)).toEqual(['Numero on'])
  expect(missingOf([{ what: 'unreviewed', at: [1] }], saved, now)[0]?.redactions[0]?.fromMs).toBe(9)
})

test('a removed row gets no link, and an item without a row is still reported', () => {
  const now = removeTurn(saved, saved.turns[1]!.key)
  expect(missingOf([{ what: 'identifiers-left', at: [1] }, { what: 'played' }], saved, now)).toEqual([
    { what: 'identifiers-left', turns: [], redactions: [] },
    { what: 'played', turns: [], redactions: [] },
  ])
})
