import type { Generated } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'

type Instant = Temporal.Instant

/** Tables of signing in (database/schema.sql). */
export interface SignInTables {
  session: {
    token_hash: Buffer
    id: Generated<string>
    person_id: string
    created_at: Instant
    expires_at: Instant
    ended_at: Instant | null
    /** Method used; while a second factor is awaited, only the first. */
    method: Generated<SignInMethod>
    /** True until a second factor is given: such a session opens nothing else. */
    awaits_second_factor: Generated<boolean>
    used_at: Generated<Instant>
    device: string | null
    /** Wrong second factors given in this sign-in. */
    wrong_factors: Generated<number>
    /** Last proof of presence. */
    proved_at: Generated<Instant>
  }
  /** One row (`one` is true): whether the description in force requires a second factor. */
  sign_in_demand: { one: Generated<boolean>; second_factor: SecondFactorDemand }
  totp: {
    id: string
    person_id: string
    /** The authenticator's secret, encrypted with a key of the custodian. */
    sealed: Buffer
    begun_at: Generated<Instant>
    confirmed_at: Instant | null
    /** Time step of the last accepted code (RFC 6238). */
    last_step: Generated<number>
    used_at: Instant | null
    /** Wrong codes in a row. */
    failures: Generated<number>
    failed_at: Instant | null
  }
  recovery_code: { person_id: string; hash: Buffer; used_at: Instant | null }
  one_time_link: {
    id: Generated<string>
    hash: Buffer
    person_id: string | null
    role: FirstRole | null
    made_by: string | null
    made_at: Generated<Instant>
    expires_at: Instant
    used_at: Instant | null
    /** Hash of the release code. */
    code_hash: Generated<Buffer | null>
    released_by: Generated<string | null>
    released_at: Generated<Instant | null>
  }
  /** Changes of accounts and of the directory that a second person confirms (database/functions/directory/changes.sql). */
  directory_change: {
    id: Generated<string>
    kind: 'link' | 'directory'
    person_id: string
    link_id: string | null
    wanted: WantedChange
    asked_by: string
    asked_at: Generated<Instant>
    state: 'ASKED' | 'CONFIRMED' | 'REFUSED' | 'WITHDRAWN'
  }
  /** Person bound to a subject of the identity provider (database/functions/access/notices.sql). */
  provider_subject: { issuer: string; subject: string; person_id: string; bound_at: Generated<Instant> }
  factor_removal: {
    id: Generated<string>
    person_id: string
    asked_by: string
    asked_at: Generated<Instant>
    reason: string
    state: 'ASKED' | 'CONFIRMED' | 'REFUSED'
    decided_by: string | null
    decided_at: Instant | null
  }
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

/** Pending changes of a person's numbers and placement from an instant on; phone number keys, and ids. */
export interface WantedChange {
  from: string
  add?: PhoneNumberKey[]
  end?: PhoneNumberKey[]
  unit?: string | null
  supervisor?: string | null
}

/** Kinds of notices to a person about the account. */
export type NoticeKind =
  | 'sign-in'
  | 'link-made'
  | 'link-used'
  | 'password'
  | 'factor-added'
  | 'factor-removed'
  | 'sessions-ended'
  | 'directory'
  | 'directory-ended'
  | 'second-factor-offer'
export type SignInMethod = 'password' | 'password+totp' | 'password+passkey' | 'passkey' | 'oidc'
export type SecondFactor = 'totp' | 'recovery-code' | 'passkey'
/** Setting of the description: whether a second factor is required. */
export type SecondFactorDemand = 'off' | 'optional' | 'required'
/** Roles whose first holders are appointed by one-time links, because before that nobody can enter people or decide on rights. */
export type FirstRole = 'ADMINISTRATOR' | 'ACCESS_APPROVER'

/** Acts that a person with a passkey confirms with it each time (R14, R36). */
export type ConfirmedAct =
  | 'draft.approve'
  | 'draft.reject'
  | 'right.approve'
  | 'right.reject'
  | 'removal.approve'
  | 'removal.reject'
  | 'passkey.add'
  | 'passkey.remove'
  | 'clock.confirm'
  | 'change.approve'
  | 'change.reject'
  | 'session.prove'
