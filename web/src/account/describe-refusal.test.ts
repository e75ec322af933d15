import { expect, test } from 'vitest'
import fi from 'virtual:texts/fi'
import type { Translate } from '../language/use-words.ts'
import { describeRefusal } from './describe-refusal.ts'

const words: Record<string, string> = fi
const t: Translate = (key, values = {}) =>
  Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{{${name}}}`, String(value)),
    words[key] ?? words[`${key}_other`] ?? `?${key}`,
  )
const refused = (code: string, more: object = {}) => describeRefusal({ error: { code, message: '', ...more } }, t)

test.each([
  'session.credentials',
  'session.wait',
  'session.closed',
  'session.second-factor-wrong',
  'session.code-used',
  'session.factor-blocked',
  'factor.enrolled',
  'factor.none',
  'factor.required',
  'factor.enrolment-over',
  'password.unfit',
  'password.too-short-alone',
  'link.none',
  'link.own',
  'link.needs-operator',
  'link.same-person',
  'removal.own',
  'removal.nothing',
  'person.user-id-taken',
  'person.not-personal',
  'person.name-missing',
  'unavailable',
])('%s has its own sentence', (code) => {
  expect(refused(code)).toBe(words[`error.${code}`])
  expect(refused(code)).not.toBe(words['error.other'])
})

test('a wait reports its duration, and a refused password all its problems', () => {
  expect(refused('session.wait', { waitSeconds: 120 })).toContain('2 minuuttia')
  const reported = refused('password.unfit', { problems: [{ code: 'too-short', least: 15 }, { code: 'common' }] })
  expect(reported).toContain('vähintään 15 merkkiä')
  expect(reported).toContain('helposti arvattava')
})

test('an unknown refusal is reported as a fault', () => {
  expect(refused('something.new')).toBe(words['error.other'])
  expect(describeRefusal(new Error('x'), t)).toBe(words['error.other'])
})
