import type { Generated } from 'kysely'

type Instant = Temporal.Instant

/** Tables of passkeys and of the identity provider (database/functions/access/passkeys.sql). */
export interface PasskeyTables {
  passkey: {
    id: Generated<string>
    person_id: string
    credential_id: Buffer
    /** COSE_Key (RFC 9052). */
    public_key: Buffer
    counter: number
    transports: string[]
    backed_up: boolean
    name: string
    created_at: Generated<Instant>
    last_used_at: Instant | null
  }
  act_confirmation: {
    session_hash: Buffer
    act: ConfirmedAct
    object_id: string
    revision: number
    passkey_id: string
    confirmed_at: Generated<Instant>
  }
  provider_session: { session_hash: Buffer; id_token: string }
}

/** Acts that a person with a passkey confirms with it each time (R14, R36). */
export const confirmedActs = [
  'draft.approve',
  'draft.reject',
  'right.approve',
  'right.reject',
  'removal.approve',
  'removal.reject',
  'passkey.add',
  'passkey.remove',
  'clock.confirm',
  'change.approve',
  'change.reject',
  'session.prove',
] as const
export type ConfirmedAct = (typeof confirmedActs)[number]
