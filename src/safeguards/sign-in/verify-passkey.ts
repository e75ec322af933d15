/**
 * Verifies an authenticator's response (WebAuthn level 3, sections 7.1 and 7.2) against the browser's challenge. Returns the
 * passkey that signed, or the reason of a refusal. Access rights are decided elsewhere.
 */
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers'
import { sql } from 'kysely'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { Binding, Challenges } from './challenges.ts'

/** Origin and host name of the web interface: passkeys belong to the host name, and their signatures contain the origin. */
export interface RelyingParty {
  /** As `https://seloste.agency.example`. */
  origin: string
  /** As `seloste.agency.example`. */
  host: string
}

/**
 * unknown: no passkey of that id, or none of that person's; late: the challenge is too old or used; counter: the stored count
 * is at least as high, so there is a copy of the passkey, which is then refused for good; signature: every other problem.
 */
export type PasskeyFault = 'unknown' | 'late' | 'counter' | 'signature'

export interface UsedPasskey {
  id: string
  personId: string
  /** The log's digest of the passkey. */
  verifier: string
}

/** Highest possible count (WebAuthn level 3, section 6.1). */
const highestCount = 2 ** 32 - 1

/** EdDSA, ES256, RS256 (RFC 9053, RFC 8812): what present authenticators support. */
export const passkeyAlgorithms = [-8, -7, -257]

/**
 * Verifies a signature and records its use. The authenticator has verified the person (PIN, finger, face), so a passkey counts as
 * two factors: possession, and knowledge or biometrics (NIST SP 800-63B-4 section 3.1.7).
 * @param ofPerson the required owner; undefined accepts any owner
 */
export async function usePasskey(
  database: SafeguardsDatabase,
  options: {
    response: AuthenticationResponseJSON
    challenges: Challenges
    binding: Binding
    relyingParty: RelyingParty
    now: Temporal.Instant
    ofPerson?: string
  },
): Promise<UsedPasskey | { fault: PasskeyFault; personId?: string }> {
  const { response, challenges, binding, relyingParty, now, ofPerson } = options
  const db = safeguardsOf(database)
  const passkey = await db
    .selectFrom('passkey')
    .select(['id', 'person_id', 'credential_id', 'public_key', 'counter'])
    .select(sql<string>`passkey_verifier(passkey)`.as('verifier'))
    .where('credential_id', '=', Buffer.from(response.id, 'base64url'))
    .executeTakeFirst()
  if (!passkey || (ofPerson !== undefined && passkey.person_id !== ofPerson)) return { fault: 'unknown' }
  const personId = passkey.person_id
  const { userHandle } = response.response
  if (userHandle !== undefined && userHandle !== '' && userHandle !== handleOf(personId)) {
    return { fault: 'signature', personId }
  }
  const clientData = readClientData(response.response.clientDataJSON)
  if (!clientData) return { fault: 'signature', personId }
  const judged = challenges.judge(clientData.challenge, binding)
  if (judged !== 'good') return { fault: judged === 'late' ? 'late' : 'signature', personId }
  const answer = await verifyAuthenticationResponse({
    response,
    ...expectations(clientData.challenge, relyingParty),
    // The count is judged below, once the signature over it is known to be good.
    credential: { id: response.id, publicKey: new Uint8Array(passkey.public_key), counter: 0 },
  }).catch(() => undefined)
  if (!answer?.verified) return { fault: 'signature', personId }
  if (!challenges.spend(clientData.challenge)) return { fault: 'late', personId }
  const { newCounter, credentialBackedUp } = answer.authenticationInfo
  return db.transaction().execute(async (tx) => {
    const locked = await tx
      .selectFrom('passkey')
      .select('counter')
      .where('id', '=', passkey.id)
      .forUpdate()
      .executeTakeFirst()
    if (!locked) return { fault: 'unknown' as const, personId }
    // An authenticator without a counter always sends 0. pg returns a bigint as text.
    const counter = Number(locked.counter)
    const isHigher = newCounter === 0 ? counter === 0 : newCounter > counter
    await tx
      .updateTable('passkey')
      // Otherwise there is a copy: the highest count refuses both for good.
      .set(
        isHigher
          ? { counter: newCounter, backed_up: credentialBackedUp, last_used_at: now }
          : { counter: highestCount },
      )
      .where('id', '=', passkey.id)
      .execute()
    return isHigher ? { id: passkey.id, personId, verifier: passkey.verifier } : { fault: 'counter' as const, personId }
  })
}

export interface NewPasskey {
  credentialId: Buffer
  publicKey: Buffer
  counter: number
  transports: string[]
  backedUp: boolean
}

/** Verifies a new passkey. */
export async function readNewPasskey(options: {
  response: RegistrationResponseJSON
  challenges: Challenges
  binding: Binding
  relyingParty: RelyingParty
}): Promise<NewPasskey | { fault: 'late' | 'signature' }> {
  const { response, challenges, binding, relyingParty } = options
  const clientData = readClientData(response.response.clientDataJSON)
  const judged = clientData ? challenges.judge(clientData.challenge, binding) : 'foreign'
  if (!clientData || judged !== 'good') return { fault: judged === 'late' ? 'late' : 'signature' }
  const answer = await verifyRegistrationResponse({
    response,
    ...expectations(clientData.challenge, relyingParty),
    supportedAlgorithmIDs: passkeyAlgorithms,
  }).catch(() => undefined)
  if (!answer?.verified) return { fault: 'signature' }
  if (!challenges.spend(clientData.challenge)) return { fault: 'late' }
  const { credential, credentialBackedUp } = answer.registrationInfo
  return {
    credentialId: Buffer.from(credential.id, 'base64url'),
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: (response.response.transports ?? []).slice(0, 10),
    backedUp: credentialBackedUp,
  }
}

function expectations(challenge: string, { origin, host }: RelyingParty) {
  return {
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: host,
    requireUserVerification: true,
  }
}

/** Returns the user handle that an authenticator stores: derived from the person's id, and meaningless to others. */
export function handleOf(personId: string): string {
  return Buffer.from(personId.replaceAll('-', ''), 'hex').toString('base64url')
}

/** Returns the signed challenge; undefined if it cannot be read, or if our page was in a frame of another site. */
function readClientData(encoded: string): { challenge: string } | undefined {
  try {
    const { challenge, crossOrigin } = decodeClientDataJSON(encoded)
    return typeof challenge === 'string' && crossOrigin !== true ? { challenge } : undefined
  } catch {
    return undefined
  }
}
