import { expect, test } from 'vitest'
import en from 'virtual:texts/en'
import fi from 'virtual:texts/fi'
import sv from 'virtual:texts/sv'
import type { Translate } from '../language/use-words.ts'
import { idsIn, thresholdText, alarmText } from './alarm-words.ts'

/** Returns a text with its values filled in, like the pages; plurals with their suffix. */
const translateFrom =
  (words: Record<string, string>): Translate =>
  (key, values = {}) => {
    const plural = `${key}_${values['count'] === 1 ? 'one' : 'other'}`
    const text = words[key] ?? words[plural]
    if (text === undefined) throw new Error(`no word ${key}`)
    return text.replaceAll(/{{(\w+)}}/g, (_, blank: string) => String(values[blank] ?? `{{${blank}}}`))
  }

const alarms = [
  {
    kind: 'refusals',
    facts: { inRow: 9, inDay: 31, reasons: {} },
    threshold: { inRow: 8, within: '15 minutes', inDay: 30 },
  },
  { kind: 'night', facts: { listenings: [] }, threshold: { listenings: 1, fromHour: 6, toHour: 20 } },
  { kind: 'official', facts: {}, threshold: { recordings: 12, within: '7 days' } },
  {
    kind: 'caller',
    facts: { callers: 1, days: 6, searchesInDay: 3 },
    threshold: { days: 5, within: '30 days', searchesInDay: 12 },
  },
  {
    kind: 'mass',
    facts: { looksInHour: 1200, contactsInHour: 50, looksInDay: 1300, contactsInDay: 60, slowed: 2 },
    threshold: { looksInHour: 400, contactsInHour: 5000, looksInDay: 1200, contactsInDay: 20_000 },
  },
  {
    kind: 'mass',
    facts: { looksInHour: 1200, contactsInHour: 50, slowed: 2 },
    threshold: { looksInHour: 400, contactsInHour: 5000 },
  },
  { kind: 'reveals', facts: { inHour: 16, inDay: 20 }, threshold: { inHour: 15, inDay: 40 } },
  {
    kind: 'reveals',
    facts: { inHour: 0, inDay: 0, searchesInHour: 41, searchesInDay: 60 },
    threshold: { inHour: 15, inDay: 40, searchesInHour: 40, searchesInDay: 100 },
  },
  { kind: 'sign-ins', facts: { failures: 40, unknown: 3 }, threshold: { accounts: 10, within: '15 minutes' } },
  {
    kind: 'sign-ins',
    facts: { failures: 240, unknown: 3, accountsInDay: 210 },
    threshold: { accounts: 10, within: '15 minutes', accountsInDay: 200 },
  },
  { kind: 'break-glass', facts: {}, threshold: { looks: 1 } },
  {
    kind: 'requests',
    facts: { searchesInDay: 91, givenUpInDay: 16, forbiddenInDay: 2, officialsInWeek: 9, copiesInWeek: 2 },
    threshold: { searchesInDay: 80, givenUpInDay: 15, forbiddenInDay: 40, officialsInWeek: 8, copiesInWeek: 6 },
  },
  { kind: 'unrecorded', facts: { calls: 13, numbers: 2 }, threshold: { calls: 1 } },
  { kind: 'untold', facts: { recordings: 13, numbers: 2 }, threshold: { recordings: 1 } },
  { kind: 'late-window', facts: { days: 4, sources: ['exchange'] }, threshold: { days: 3 } },
  { kind: 'one-way', facts: { recordings: 40, affected: 13, clients: 2 }, threshold: { recordings: 3 } },
  { kind: 'standstill', facts: { kinds: { disk: 1, capture: 2 } }, threshold: { minutes: 2 } },
  { kind: 'loss', facts: { recordings: 40, affected: 13, clients: 2 }, threshold: { recordings: 5 } },
] as const

test.each(alarms)('an alarm of the kind $kind is shown in three languages, with every number in its place', (alarm) => {
  for (const [language, words] of [
    ['fi', fi],
    ['sv', sv],
    ['en', en],
  ] as const) {
    for (const count of [1, 13]) {
      const reported = [
        alarmText({ ...alarm, count }, translateFrom(words), language),
        thresholdText(alarm, translateFrom(words), language),
      ].join(' ')
      expect(reported).not.toContain('{{')
      expect(reported).toMatch(/\d/)
    }
  }
})

test('counts are grouped as in the language', () => {
  const mass = alarms[4]
  expect(alarmText({ ...mass, count: 1 }, translateFrom(fi), 'fi')).toContain('1\u00a0200')
})

test('the ids of a list are read, and a missing list has none', () => {
  expect(idsIn({ contacts: ['a', 'b'] }, 'contacts')).toEqual(['a', 'b'])
  expect(idsIn({ contacts: null }, 'contacts')).toEqual([])
  expect(idsIn({}, 'contacts')).toEqual([])
})
