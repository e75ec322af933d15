/** Returns the URL where a sign-in by the identity provider must start: it is at the origin to which the provider redirects. */
export function identityProviderUrl(publicUrl: string, returnTo: string): string {
  return `${publicUrl}/api/session/identity-provider?returnTo=${encodeURIComponent(returnTo)}`
}

/** Reads from the URL's hash why the identity provider's redirect ended without a session. */
export function providerRefusal(hash: string): string | undefined {
  return /^#sign-in=(identity-provider\.[a-z-]+)$/.exec(hash)?.[1]
}
