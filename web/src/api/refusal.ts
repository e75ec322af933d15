import statuses from '../../../texts/refusals.json'
import type { paths } from './paths.ts'

type ErrorBody = paths['/api/session']['get']['responses'][401]['content']['application/json']

/** What the pages say beside the server's refusals: how a sign-in elsewhere or with a passkey ended, what a browser found. */
const ownRefusals = [
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

/** Every refusal has a sentence in three languages (error.<code> in texts/). */
export const knownRefusals: readonly string[] = [...Object.keys(statuses), ...ownRefusals]
export type RefusalKey = keyof typeof statuses | (typeof ownRefusals)[number] | 'other'

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

/** True for an answer by which one may not, or no longer, see what was asked for. */
export function hidesData(error: unknown): boolean {
  const status = isRefusal(error) ? (statuses as Record<string, number>)[error.error.code] : undefined
  return status === 401 || status === 403 || status === 404
}

/** The field of the form that a refusal is about, as the contract names it; nothing where it is about none. */
export function refusalField(error: unknown): string | undefined {
  return isRefusal(error) ? error.error.field?.split('.').at(-1) : undefined
}

/** Which sentence a refusal or failure gets: its own where the pages have one, otherwise a general one. */
export function refusalKey(error: unknown): RefusalKey {
  const code =
    typeof error === 'object' && error !== null && 'error' in error ? (error as ErrorBody).error?.code : undefined
  return knownRefusals.includes(code ?? '') ? (code as RefusalKey) : 'other'
}
