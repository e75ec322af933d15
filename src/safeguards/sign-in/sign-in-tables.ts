type Instant = Temporal.Instant

/** The tables of signing in (migrations/0001-spine.sql, 0009-sign-in.sql). */
export interface SignInTables {
  session: {
    token_hash: Buffer
    person_id: string
    created_at: Instant
    expires_at: Instant
    ended_at: Instant | null
    /** How the person proved who they are; while a second factor is awaited, only the first. */
    method: SignInMethod
    /** True until a second factor is given: a session that opens nothing but that. */
    awaits_second_factor: boolean
  }
}

export type SignInMethod = 'password' | 'password+totp' | 'password+passkey' | 'passkey' | 'oidc'
