/**
 * Returns a URL that signs in as a role. If the URL names no user, the role is added: the server then authenticates the process
 * by its operating system user (peer) or its certificate.
 * @param url checked by `readSettings`
 */
export function signInAs(url: string, role: string): string {
  const [address = '', query = ''] = url.split(/\?(.*)/s)
  const named = new URLSearchParams(query)
  if (/^\w+:\/\/[^/@]+@/.test(address) || named.has('user')) return url
  named.set('user', role)
  // As text: not every parser reassembles a URL with an empty host.
  return `${address}?${named.toString()}`
}
