import { describe, expect, test } from 'vitest'
import type { PasswordProblem } from '../api/shapes.ts'
import fi from 'virtual:texts/fi'
import type { Translate } from '../language/use-words.ts'
import { judgeRules, lengthOf, lengthProblem, describeProblems } from './password-rules.ts'

const lengths = { least: 15, greatest: 256 }

test('counts a password’s length in code points after NFKC', () => {
  expect(lengthOf('😀😀')).toBe(2)
  // A letter and its combining dots: NFKC composes them.
  expect(lengthOf('a\u0308')).toBe(1)
})

test('checks the length without a server', () => {
  expect(lengthProblem('x'.repeat(14), lengths)).toEqual({ code: 'too-short', least: 15 })
  expect(lengthProblem('x'.repeat(15), lengths)).toBeUndefined()
  expect(lengthProblem('😀'.repeat(256), lengths)).toBeUndefined()
  expect(lengthProblem('x'.repeat(257), lengths)).toEqual({ code: 'too-long', greatest: 256 })
})

describe('the rules', () => {
  test('are all open for an empty password', () => {
    expect(Object.values(judgeRules('', lengths, []))).toEqual(['open', 'open', 'open', 'open'])
  })

  test('show a sufficient length at once, and the rest once the server has answered', () => {
    const open = { guessable: 'open', context: 'open', same: 'open' }
    expect(judgeRules('x'.repeat(15), lengths, undefined)).toEqual({ length: 'met', ...open })
    expect(judgeRules('lyhyt', lengths, undefined)).toEqual({ length: 'open', ...open })
    expect(judgeRules('lyhyt', lengths, [{ code: 'too-short', least: 15 }])).toMatchObject({ length: 'unmet' })
    expect(judgeRules('x'.repeat(20), lengths, [{ code: 'repeated' }])).toEqual({
      length: 'met',
      guessable: 'unmet',
      context: 'met',
      same: 'open',
    })
    expect(judgeRules('verohallinto 2026', lengths, [{ code: 'context', word: 'verohallinto' }])).toMatchObject({
      guessable: 'met',
      context: 'unmet',
    })
  })
})

test('a new password must differ from the present one, in any normalisation', () => {
  const long = 'ä'.repeat(15)
  const same = (current: string, found: PasswordProblem[] = []) => judgeRules(long, lengths, found, current).same
  expect(same('')).toBe('open')
  expect(same('jokin muu salasana')).toBe('met')
  expect(same('a\u0308'.repeat(15))).toBe('unmet')
  expect(same('', [{ code: 'same' }])).toBe('unmet')
})

test('every problem is reported with its known details', () => {
  const t: Translate = (key, values = {}) =>
    Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(`{{${name}}}`, String(value)),
      fi[key] ?? `?${key}`,
    )
  const reported = describeProblems(
    [
      { code: 'too-short', least: 15 },
      { code: 'context', word: 'sari' },
    ],
    t,
  )
  expect(reported).toContain('15')
  expect(reported).toContain('sari')
  for (const code of ['too-short', 'too-long', 'common', 'repeated', 'context', 'same'] as const) {
    expect(describeProblems([{ code }], t)).not.toMatch(/\?|{{/)
  }
})
