import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { Challenges } from './challenges.ts'
import type { CodeProof, FactorRefusal } from './second-factor.ts'
import type { PasskeyFault, RelyingParty } from './verify-passkey.ts'

/** Dependencies of the custodian's passkey operations. */
export interface PasskeyContext {
  db: SafeguardsDatabase
  now: () => Temporal.Instant
  relyingParty: RelyingParty
  /** Name of the service shown by the authenticator. */
  service: () => string
  challenges: Challenges
  /** A person with an authenticator gives a code for their first passkey. */
  secondFactors: CodeProof
}

/** Refusal, with a code of the API. */
export interface PasskeyRefusal {
  refused:
    | 'session.none'
    | 'session.credentials'
    | 'session.wait'
    | 'passkey.refused'
    | 'passkey.late'
    | 'passkey.counter'
    | 'passkey.none'
    | 'passkey.known'
    | 'passkey.too-many'
    | 'passkey.needed'
    | 'confirm.passkey'
    | 'confirm.password'
    | 'confirm.code'
    | 'confirm.fresh'
    | 'not-found'
    | FactorRefusal['refused']
  seconds?: number
}

export function refusalOf(fault: PasskeyFault): PasskeyRefusal {
  if (fault === 'late') return { refused: 'passkey.late' }
  return { refused: fault === 'counter' ? 'passkey.counter' : 'passkey.refused' }
}

/** A passkey as the WebAuthn library names it to a browser. */
export interface Descriptor {
  id: string
  transports: string[]
}

/** Returns a person's passkeys to offer to their browser, oldest first. */
export async function passkeysOf(db: SafeguardsDatabase, personId: string): Promise<Descriptor[]> {
  const rows = await safeguardsOf(db)
    .selectFrom('passkey')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .execute()
  return rows.map(({ credential_id, transports }) => ({ id: credential_id.toString('base64url'), transports }))
}
