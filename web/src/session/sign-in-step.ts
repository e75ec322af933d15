import { isRefusal } from '../api/refusal.ts'
import type { SecondFactor } from '../api/shapes.ts'

/** What a sign-in still awaits: the user id and its password, a second factor, or the enrolment of one. */
export type SignInStep =
  { step: 'credentials' } | { step: 'second-factor'; factors: readonly SecondFactor[] } | { step: 'enrolment' }

/** True where the server says that nobody is signed in; a server in trouble says nothing of the kind. */
export function saysNobody(error: unknown): boolean {
  return isRefusal(error) && error.error.code.startsWith('session.') && error.error.code !== 'session.too-many'
}

/** What is awaited, by the refusal that said so; anything else begins from the beginning. */
export function stepOf(refusal: unknown): SignInStep {
  const error = isRefusal(refusal) ? refusal.error : undefined
  if (error?.code === 'session.enrolment') return { step: 'enrolment' }
  if (error?.code !== 'session.second-factor') return { step: 'credentials' }
  return { step: 'second-factor', factors: error.factors ?? ['totp', 'recovery-code'] }
}

/** The digits of an authenticator's code, however they were written; nothing where they are not six. */
export function readOtp(written: string): string | undefined {
  const digits = written.replace(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : undefined
}
