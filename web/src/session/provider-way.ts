/** Returns the address where a sign-in by the identity provider must start: the one it redirects back to. */
export function wayThrough(publicUrl: string, returnTo: string): string {
  return `${publicUrl}/api/session/identity-provider?returnTo=${encodeURIComponent(returnTo)}`
}

/** Returns from the address why the identity provider's redirect ended without a session. */
export function refusedAtProvider(hash: string): string | undefined {
  return /^#sign-in=(identity-provider\.[a-z-]+)$/.exec(hash)?.[1]
}
