import { parseHostPort, type HostPort } from './host-port.ts'
import { isToken } from './scan-text.ts'
import { parseParameters, type Parameters } from './parameters.ts'

/** A sip: or sips: URI (RFC 3261 19.1). `user` is as written, with escapes; `hasHeaders` is true for a `?...` part. */
export interface SipUri extends HostPort {
  scheme: 'sip' | 'sips'
  user?: string
  parameters: Parameters
  hasHeaders: boolean
}

/** Returns the scheme of any URI in lower case, or undefined if there is none. */
export function uriScheme(text: string): string | undefined {
  const colon = text.indexOf(':')
  if (colon <= 0) return undefined
  const scheme = text.slice(0, colon).trim()
  return isToken(scheme) ? scheme.toLowerCase() : undefined
}

/** Parses a sip: or sips: URI; undefined for other schemes and without a valid host. */
export function parseSipUri(text: string): SipUri | undefined {
  const scheme = uriScheme(text)
  if (scheme !== 'sip' && scheme !== 'sips') return undefined
  const rest = text.slice(text.indexOf(':') + 1).trim()
  // A user part may contain ';' and '?' (RFC 4475 3.1.1.2), so '@' is searched first; none may follow the host.
  const at = rest.lastIndexOf('@')
  const user = at < 0 ? undefined : rest.slice(0, at)
  let tail = rest.slice(at + 1)
  const question = tail.indexOf('?')
  if (question >= 0) tail = tail.slice(0, question)
  const semicolon = tail.indexOf(';')
  const hostPort = parseHostPort(semicolon < 0 ? tail : tail.slice(0, semicolon))
  const parameters = parseParameters(semicolon < 0 ? '' : tail.slice(semicolon + 1))
  if (hostPort === undefined || parameters === undefined) return undefined
  return { scheme, ...hostPort, ...(user === undefined ? {} : { user }), parameters, hasHeaders: question >= 0 }
}
