/** Signing in and one’s own account: passwords, second factors, sessions, one-time links (R20). */
export const accountOperations = {} as const
