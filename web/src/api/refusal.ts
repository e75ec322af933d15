import statuses from '../../../texts/refusals.json'
import type { paths } from './paths.ts'

type ErrorBody = paths['/api/session']['get']['responses'][401]['content']['application/json']

/**
 * Codes of the pages besides the server's refusals: results of a sign-in by an identity provider or passkey, and browser
 * errors.
 */
const clientRefusals = [
  'no-answer',
  'session.ended',
  'passkey.given-up',
  'passkey.elsewhere',
  'passkey.unfit',
  'identity-provider.unavailable',
  'identity-provider.late',
  'identity-provider.cancelled',
  'identity-provider.refused',
  'identity-provider.unknown-person',
  'identity-provider.other-subject',
  'identity-provider.second-factor',
  'deny.own',
  'audio',
] as const

/** All refusals with a text in three languages (error.<code> in texts/). */
export const knownRefusals: readonly string[] = [...Object.keys(statuses), ...clientRefusals]
export type RefusalKey = keyof typeof statuses | (typeof clientRefusals)[number] | 'other'

/** Returns true for a refusal of the contract. */
export function isRefusal(error: unknown): error is ErrorBody {
  return (
    typeof error === 'object' &&
    error !== null &&
    'error' in error &&
    typeof (error as ErrorBody).error?.code === 'string' &&
    (error as ErrorBody).error.code !== 'no-answer'
  )
}

/** Returns true if the person may not see the data, or may no longer. */
export function hidesData(error: unknown): boolean {
  const status = isRefusal(error) ? (statuses as Record<string, number>)[error.error.code] : undefined
  return status === 401 || status === 403 || status === 404
}

/** Returns the form field of a refusal, by its name in the contract; undefined if there is none. */
export function refusalField(error: unknown): string | undefined {
  return isRefusal(error) ? error.error.field?.split('.').at(-1) : undefined
}

/** Returns the text key of a refusal or failure: its own if there is one, otherwise a general one. */
export function refusalKey(error: unknown): RefusalKey {
  const code =
    typeof error === 'object' && error !== null && 'error' in error ? (error as ErrorBody).error?.code : undefined
  return knownRefusals.includes(code ?? '') ? (code as RefusalKey) : 'other'
}
