import type { Generated } from 'kysely'

type Instant = Temporal.Instant

/** The tables of signing in (migrations/0001-spine.sql, 0009-sign-in.sql). */
export interface SignInTables {
  session: {
    token_hash: Buffer
    id: Generated<string>
    person_id: string
    created_at: Instant
    expires_at: Instant
    ended_at: Instant | null
    /** How the person proved who they are; while a second factor is awaited, only the first. */
    method: Generated<SignInMethod>
    /** True until a second factor is given: a session that opens nothing but that. */
    awaits_second_factor: Generated<boolean>
    used_at: Generated<Instant>
    device: string | null
    wrong_factors: Generated<number>
  }
  sign_in_demand: { one: Generated<boolean>; second_factor: SecondFactorDemand }
  totp: {
    id: string
    person_id: string
    sealed: Buffer
    begun_at: Generated<Instant>
    confirmed_at: Instant | null
    last_step: Generated<number>
    used_at: Instant | null
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
  }
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
}

export type SignInMethod = 'password' | 'password+totp' | 'password+passkey' | 'passkey' | 'oidc'
export type SecondFactor = 'totp' | 'recovery-code' | 'passkey'
/** The description's switch. */
export type SecondFactorDemand = 'off' | 'optional' | 'required'
/** The roles without whose first holder nobody could be entered, and nobody given a right. */
export type FirstRole = 'ADMINISTRATOR' | 'ACCESS_APPROVER'
