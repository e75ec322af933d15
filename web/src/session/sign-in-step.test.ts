import { expect, test } from 'vitest'
import { readOtp, isSignedOut, stepOf } from './sign-in-step.ts'

const refused = (code: string, more: object = {}) => ({ error: { code, message: '', ...more } })

test('a sign-in continues with the step reported by the server', () => {
  expect(stepOf(refused('session.none'))).toEqual({ step: 'credentials' })
  expect(stepOf(refused('session.enrolment'))).toEqual({ step: 'enrolment' })
  expect(stepOf(refused('session.second-factor', { factors: ['totp', 'passkey'] }))).toEqual({
    step: 'second-factor',
    factors: ['totp', 'passkey'],
  })
})

test('if the server names no second factor, the codes of an authenticator and recovery codes are offered', () => {
  expect(stepOf(refused('session.second-factor'))).toEqual({
    step: 'second-factor',
    factors: ['totp', 'recovery-code'],
  })
})

test('any other failure leads to the first step of a sign-in', () => {
  expect(stepOf(new Error('x'))).toEqual({ step: 'credentials' })
  expect(stepOf(undefined)).toEqual({ step: 'credentials' })
})

test.each([
  ['123456', '123456'],
  [' 123 456 ', '123456'],
  ['123-456', '123456'],
  ['12345', undefined],
  ['1234567', undefined],
  ['12345a', undefined],
  ['', undefined],
])('the code %j is read as %j', (written, read) => expect(readOtp(written)).toBe(read))

test('a person is signed out if the server says so, and not if it has a fault', () => {
  for (const code of ['session.none', 'session.second-factor', 'session.enrolment']) {
    expect(isSignedOut(refused(code))).toBe(true)
  }
  for (const error of [refused('unavailable'), refused('session.too-many'), refused('no-answer'), new Error('x')]) {
    expect(isSignedOut(error)).toBe(false)
  }
})
