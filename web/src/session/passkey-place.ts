const thisMachine = ['localhost', '127.0.0.1', '[::1]']

/**
 * Returns where passkeys work for a page: `here`, on the page itself; `elsewhere`, at another URL of the same service; or
 * `nowhere`, if this browser can reach no such URL. A localhost URL is only for browsers on that machine.
 */
export function passkeyPlace(publicUrl: string | undefined, page: { origin: string; hostname: string }) {
  if (publicUrl === undefined) return 'nowhere'
  if (publicUrl === page.origin) return 'here'
  const isLocal = thisMachine.includes(new URL(publicUrl).hostname)
  return isLocal && !thisMachine.includes(page.hostname) ? 'nowhere' : 'elsewhere'
}
