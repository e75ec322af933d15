import { isRefusal } from '../api/refusal.ts'
import type { SecondFactor } from '../api/shapes.ts'

/** Remaining step of a sign-in: user id and password, a second factor, or the enrolment of one. */
export type SignInStep =
  { step: 'credentials' } | { step: 'second-factor'; factors: readonly SecondFactor[] } | { step: 'enrolment' }

/** Returns true if the server answers that nobody is signed in; server errors do not count. */
export function isSignedOut(error: unknown): boolean {
  return isRefusal(error) && error.error.code.startsWith('session.') && error.error.code !== 'session.too-many'
}

/** Returns the awaited step of a refusal; the first step for anything else. */
export function stepOf(refusal: unknown): SignInStep {
  const error = isRefusal(refusal) ? refusal.error : undefined
  if (error?.code === 'session.enrolment') return { step: 'enrolment' }
  if (error?.code !== 'session.second-factor') return { step: 'credentials' }
  return { step: 'second-factor', factors: error.factors ?? ['totp', 'recovery-code'] }
}

/** Returns the digits of an authenticator's code in any format; undefined unless there are six. */
export function readOtp(written: string): string | undefined {
  const digits = written.replace(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : undefined
}
