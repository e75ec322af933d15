/** Where a browser goes to sign in at the identity provider: at the address that it is sent back to. */
export function wayThrough(publicUrl: string, returnTo: string): string {
  return `${publicUrl}/api/session/identity-provider?returnTo=${encodeURIComponent(returnTo)}`
}

/** Why the way back from the identity provider ended without a session, as the page's address tells it. */
export function refusedAtProvider(hash: string): string | undefined {
  return /^#sign-in=(identity-provider\.[a-z-]+)$/.exec(hash)?.[1]
}
