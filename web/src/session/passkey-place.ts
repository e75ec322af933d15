const thisMachine = ['localhost', '127.0.0.1', '[::1]']

/**
 * Returns where passkeys work: here, at another URL of the same service, or nowhere that this browser can reach. A
 * localhost URL is only for browsers on that machine.
 */
export function passkeyPlace(publicUrl: string | undefined, page: { origin: string; hostname: string }) {
  if (publicUrl === undefined) return 'nowhere'
  if (publicUrl === page.origin) return 'here'
  const isLocal = thisMachine.includes(new URL(publicUrl).hostname)
  return isLocal && !thisMachine.includes(page.hostname) ? 'nowhere' : 'elsewhere'
}
