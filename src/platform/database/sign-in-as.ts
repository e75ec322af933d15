/**
 * A URL of the database for one who signs in as a role of it. Where the URL names nobody, the role is named: the server then
 * knows the process by its operating system user (peer) or its certificate. A user that is named stays.
 * @param url that `readSettings` has checked
 */
export function signInAs(url: string, role: string): string {
  const [address = '', query = ''] = url.split(/\?(.*)/s)
  const named = new URLSearchParams(query)
  if (/^\w+:\/\/[^/@]+@/.test(address) || named.has('user')) return url
  named.set('user', role)
  // As text: a URL with an empty host is not put together again by every parser.
  return `${address}?${named.toString()}`
}
