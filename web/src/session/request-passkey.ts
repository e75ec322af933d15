/**
 * Passkeys in this browser: passes the server's options to an authenticator, and returns its answer or a failure with a code of
 * its own. The server verifies the answer.
 */
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import type { paths } from '../api/paths.ts'

type Confirmed = paths['/api/confirmations/challenge']['post']['requestBody']['content']['application/json']
export type Act = Confirmed['act']
/** Result of a passkey act. */
export type PasskeyResult<T> = { done: T; error?: never } | { done?: never; error: unknown }

/** True if this browser supports passkeys. */
export const canUsePasskeys = browserSupportsWebAuthn()

/** Signs in with a passkey only; the browser asks which. */
export function signInWithPasskey(): Promise<PasskeyResult<Me>> {
  return resultOf(async () => {
    const options = dataOf(await api.POST('/api/session/passkey/challenge'))
    return dataOf(await api.POST('/api/session/passkey', { body: { response: await get(options) } }))
  })
}

/** Completes a sign-in that awaits a second factor. */
export function completeSignInWithPasskey(): Promise<PasskeyResult<Me>> {
  return resultOf(async () => {
    const options = dataOf(await api.POST('/api/session/second-factor/passkey/challenge'))
    return dataOf(await api.POST('/api/session/second-factor/passkey', { body: { response: await get(options) } }))
  })
}

/**
 * Makes a passkey and registers it under a name.
 * @param proof the password, and a code if there is an authenticator
 */
export function addPasskey(
  name: string,
  proof: { password?: string; otp?: string },
): Promise<PasskeyResult<{ id: string }>> {
  return resultOf(async () => {
    const options = dataOf(await api.POST('/api/account/passkeys/challenge', { body: proof }))
    const response = await make(options)
    return dataOf(await api.POST('/api/account/passkeys', { body: { name, response } }))
  })
}

/**
 * Performs an act that the server may want confirmed with a passkey: if it does, requests the assertion and repeats the act.
 * @param attempt sends the request of the act
 */
export async function withPasskeyConfirmation<T extends { error?: unknown }>(
  subject: { act: Act; id: string; revision: number },
  attempt: () => Promise<T>,
): Promise<T | { error: unknown }> {
  const first = await attempt()
  if (codeOf(first.error) !== 'confirm.passkey') return first
  const confirmation = await resultOf(async () => {
    const options = dataOf(await api.POST('/api/confirmations/challenge', { body: subject }))
    const { error } = await api.POST('/api/confirmations', { body: { ...subject, response: await get(options) } })
    if (error) throw new Refused(error)
  })
  return 'error' in confirmation ? { error: confirmation.error } : attempt()
}

/** Proves by passkey that its owner is at this session. */
export function proveWithPasskey(personId: string): Promise<PasskeyResult<boolean>> {
  const subject = { act: 'session.prove', id: personId, revision: 0 } as const
  return resultOf(async () => {
    const options = dataOf(await api.POST('/api/confirmations/challenge', { body: subject }))
    const { error } = await api.POST('/api/confirmations', { body: { ...subject, response: await get(options) } })
    if (error) throw new Refused(error)
    return true
  })
}

export function codeOf(error: unknown): string | undefined {
  return (error as { error?: { code?: string } } | null | undefined)?.error?.code
}

async function get(optionsJSON: PublicKeyCredentialRequestOptionsJSON) {
  const { id, rawId, type, response } = await startAuthentication({ optionsJSON })
  const { clientDataJSON, authenticatorData, signature, userHandle } = response
  return {
    id,
    rawId,
    type,
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) },
  }
}

async function make(options: object) {
  const { id, rawId, type, response } = await startRegistration({
    optionsJSON: options as PublicKeyCredentialCreationOptionsJSON,
  })
  const { clientDataJSON, attestationObject, transports } = response
  return { id, rawId, type, response: { clientDataJSON, attestationObject, ...(transports && { transports }) } }
}

/** Carries the server's refusal. */
class Refused extends Error {
  readonly refusal: unknown

  constructor(refusal: unknown) {
    super('refused')
    this.refusal = refusal
  }
}

function dataOf<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Refused(error)
  return data
}

async function resultOf<T>(work: () => Promise<T>): Promise<PasskeyResult<T>> {
  try {
    return { done: await work() }
  } catch (error) {
    return { error: error instanceof Refused ? error.refusal : failureOf(error) }
  }
}

/** Maps the browser's error when no authenticator answered (WebAuthn level 3, section 5.1). */
function failureOf(error: unknown): unknown {
  const name =
    error instanceof WebAuthnError ? ((error.cause as Error | undefined)?.name ?? error.name) : (error as Error).name
  const code = failures[name]
  return code ? { error: { code, message: (error as Error).message } } : error
}

const failures: Partial<Record<string, string>> = {
  // Cancelled or timed out: browsers do not distinguish them.
  NotAllowedError: 'passkey.given-up',
  AbortError: 'passkey.given-up',
  InvalidStateError: 'passkey.known',
  SecurityError: 'passkey.elsewhere',
  NotSupportedError: 'passkey.unfit',
  ConstraintError: 'passkey.unfit',
}
