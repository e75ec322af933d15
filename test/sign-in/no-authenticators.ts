import type { CodeProof } from '#safeguards/sign-in/second-factor.ts'

/** Refuses every second factor, for tests without an authenticator. */
export const noAuthenticators: CodeProof = { prove: () => Promise.resolve({ refused: 'factor.none' }) }
