import type { CodeProof } from '#safeguards/sign-in/second-factor.ts'

/** Second factors where nobody has an authenticator. */
export const noAuthenticators: CodeProof = { prove: () => Promise.resolve({ refused: 'factor.none' }) }
