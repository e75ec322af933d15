import type { paths } from './schema.d.ts'

type ErrorBody = paths['/api/session']['get']['responses'][401]['content']['application/json']

/** The refusals the pages have a sentence for, in three languages (error.<code>). */
export const knownRefusals = [
  'no-answer',
  'session.none',
  'session.credentials',
  'session.too-many',
  'session.ended',
  'session.wait',
  'session.second-factor-wrong',
  'session.code-used',
  'session.factor-blocked',
  'session.closed',
  'password.unfit',
  'password.too-short-alone',
  'passkey.refused',
  'passkey.late',
  'passkey.counter',
  'passkey.none',
  'passkey.known',
  'passkey.too-many',
  'passkey.needed',
  'passkey.given-up',
  'passkey.elsewhere',
  'passkey.unfit',
  'confirm.passkey',
  'confirm.password',
  'confirm.code',
  'confirm.sign-in',
  'identity-provider.unavailable',
  'identity-provider.late',
  'identity-provider.cancelled',
  'identity-provider.refused',
  'identity-provider.unknown-person',
  'identity-provider.second-factor',
  'factor.off',
  'factor.enrolled',
  'factor.none',
  'factor.required',
  'factor.enrolment-over',
  'link.none',
  'link.own',
  'link.needs-operator',
  'link.same-person',
  'removal.own',
  'removal.nothing',
  'person.user-id-taken',
  'person.not-personal',
  'person.name-missing',
  'deny.purpose',
  'deny.own',
  'deny.expired',
  'deny.reference',
  'deny.origin',
  'not-found',
  'recording.destroyed',
  'recording.not-yet-kept',
  'recording.not-by-hand',
  'recording.restricted',
  'listening.ended',
  'input.invalid',
  'deny.role',
  'draft.own',
  'draft.not-editable',
  'draft.changed-meanwhile',
  'draft.outdated',
  'draft.not-future',
  'draft.problems',
  'looks.too-many',
  'alarm.own',
  'alarm.closed',
  'review.own',
  'review.done',
  'review.not-over',
  'hold.until-wrong',
  'hold.nothing-left',
  'hold.over',
  'hold.own',
  'inspection.closed',
  'inspection.received-wrong',
  'appointment.late',
  'appointment.past',
  'request.closed',
  'request.not-identified',
  'request.not-offered',
  'request.received-wrong',
  'request.official-unknown',
  'request.assignee-wrong',
  'request.identified-wrong',
  'request.extended',
  'request.overdue',
  'request.extension-wrong',
  'request.unfinished',
  'input.identity-code',
  'recall.confirmed',
  'clock.right',
  'clock.changed-meanwhile',
  'clock.own',
  'unavailable',
  'audio',
] as const
export type RefusalKey = (typeof knownRefusals)[number] | 'other'

/** True for an answer that says no, in the contract's words. */
export function isRefusal(error: unknown): error is ErrorBody {
  return (
    typeof error === 'object' &&
    error !== null &&
    'error' in error &&
    typeof (error as ErrorBody).error?.code === 'string' &&
    (error as ErrorBody).error.code !== 'no-answer'
  )
}

/** Which sentence a refusal or failure gets: its own where the pages have one, otherwise a general one. */
export function refusalKey(error: unknown): RefusalKey {
  const code =
    typeof error === 'object' && error !== null && 'error' in error ? (error as ErrorBody).error?.code : undefined
  return (knownRefusals as readonly string[]).includes(code ?? '') ? (code as RefusalKey) : 'other'
}
