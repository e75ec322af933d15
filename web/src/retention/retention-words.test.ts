import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import words from 'virtual:texts/fi'
import { describe, expect, test } from 'vitest'
import { knownRefusals } from '../api/refusal.ts'
import type { Translate } from '../language/use-words.ts'
import { causeText, dueText, faultText, ledgerKindText, monthText, spanText } from './retention-words.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')
/** Returns the text of a key; the key itself if there is none. */
const t: Translate = (key, values = {}) => {
  const text = words[key] ?? words[`${key}_${values['count'] === 1 ? 'one' : 'other'}`] ?? key
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, String(value)), text)
}

describe('the texts about retention and destruction', () => {
  test('name every kind and every cause in the destruction ledger', () => {
    const schema = read('database/schema.sql')
    const functions = readdirSync(join(import.meta.dirname, '../../../database/functions'), {
      recursive: true,
      encoding: 'utf8',
    })
      .filter((name) => name.endsWith('.sql'))
      .map((name) => read(join('database/functions', name)))
      .join('')
    const [, listed = ''] = /constraint destruction_entry_kind CHECK \(\((.*)\)\)/.exec(schema) ?? []
    const kinds = [...listed.matchAll(/'([\w-]+)'/g)].map((match) => match[1]!)
    expect(kinds.length).toBeGreaterThan(20)
    expect(kinds.filter((kind) => ledgerKindText(kind, t) === kind)).toEqual([])
    const causes = [
      ...[...read('src/safeguards/ledger/ledger-entry.ts').matchAll(/about\(\s*'[\w-]+',\s*oneOf\(([^)]+)\)/g)].flatMap(
        (match) => match[1]!.match(/[\w-]+/g) ?? [],
      ),
      ...[...functions.matchAll(/append_to_ledger\('[\w-]+', [^,]+, '([\w-]+)'/g)].map((match) => match[1]!),
    ].filter((cause, at, all) => all.indexOf(cause) === at)
    expect(causes.length).toBeGreaterThan(10)
    expect(causes.filter((cause) => causeText(cause, t) === cause)).toEqual([])
  })

  test('name every finding of a verification, and every fault of a store or a place', () => {
    const codesOf = (path: string, from: string) => {
      const code = read(path)
      return [...code.slice(code.indexOf(from)).matchAll(/^ {2}'([\w-]+)':/gm)].map((match) => match[1]!)
    }
    const codes = [
      ...codesOf('src/register/verify/findings.ts', 'const words'),
      ...codesOf('src/platform/objects/faults.ts', 'objectFaults'),
      ...codesOf('src/safeguards/places/place-faults.ts', 'placeFaults'),
    ]
    expect(codes.length).toBeGreaterThan(30)
    expect(codes.filter((code) => faultText(code, t) === code)).toEqual([])
  })

  test('have a sentence for every refusal about holds, inspections, appointments, recalls and the clock', () => {
    const codes = Object.keys(JSON.parse(read('texts/refusals.json')) as object)
    const endingCodes = codes.filter((code) => /^(hold|inspection|appointment|recall|clock)[.]/.test(code))
    expect(endingCodes.length).toBeGreaterThan(10)
    expect(endingCodes.filter((code) => !knownRefusals.includes(code))).toEqual([])
  })

  test('show an unknown value by its code', () => {
    expect([ledgerKindText('something-new', t), causeText('something-new', t)]).toEqual([
      'something-new',
      'something-new',
    ])
  })
})

test('a span of the chart is named by its length', () => {
  expect(spanText({ from: '2026-11-24T13:00:00Z' }, 'day', 'fi')).toBe('24.11.2026')
  expect(spanText({ from: '2026-10-31T22:00:00Z' }, 'month', 'fi')).toBe('marraskuu 2026')
  expect(spanText({ from: '2026-12-31T22:00:00Z' }, 'month', 'en')).toBe('January 2027')
  expect([monthText('2026-09', 'sv'), monthText('x', 'sv')]).toEqual(['september 2026', 'x'])
})

test('due items are counted in words, with the singular for one', () => {
  expect(dueText({ recordings: 1, contacts: 1_248_331 }, t, 'fi')).toBe(
    'yksi tallenne ja 1\u00a0248\u00a0331 yhteydenoton tiedot',
  )
})
