/**
 * Reads the client's address and protocol from a proxy's header: X-Forwarded-For with X-Forwarded-Proto, or Forwarded (RFC
 * 7239). A proxy overwrites only the header that it knows, and a client can send the other one. So only the header named in
 * SELOSTE_PROXY_HEADER is trusted.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

export type ProxyHeader = 'x-forwarded-for' | 'forwarded'

/** Address of a client whose address is unknown; it is never this machine's. */
const unknownClient = '0.0.0.0'

/**
 * Parses a Forwarded header, such as `for=192.0.2.60;proto=https, for="[2001:db8::1]:4711"`. The values `unknown` and `_hidden`
 * (section 6) are unknown clients.
 */
function readForwarded(text: string): { addresses: string[]; proto: string | undefined } {
  const elements = splitOutsideQuotes(text, ',').map((element) => {
    const pairs = splitOutsideQuotes(element, ';').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim().toLowerCase(), unquote(pair.slice(at + 1).trim())] as const
    })
    return new Map(pairs)
  })
  return {
    addresses: elements.map((element) => addressOf(element.get('for') ?? '')),
    proto: elements.at(-1)?.get('proto')?.toLowerCase(),
  }
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let part = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (isQuoted && character === '\\') part += character + (text[++at] ?? '')
    else if (character === separator && !isQuoted) {
      parts.push(part)
      part = ''
    } else {
      if (character === '"') isQuoted = !isQuoted
      part += character
    }
  }
  return [...parts, part]
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, value.endsWith('"') ? -1 : undefined).replaceAll(/\\(.)/g, '$1') : value
}

/** Removes port and brackets from `192.0.2.43:47011` or `[2001:db8::1]:4711`. */
function addressOf(node: string): string {
  const address = /^\[([^\]]*)\]/.exec(node)?.[1] ?? (isIP(node) === 6 ? node : node.replace(/:[^:]*$/, ''))
  return isIP(address) === 0 ? unknownClient : address
}

/**
 * Rewrites the headers of a proxy's request to X-Forwarded-For and X-Forwarded-Proto.
 * @returns false if the request has only the untrusted header
 */
export function normaliseProxyHeaders(headers: IncomingHttpHeaders, trusted: ProxyHeader): boolean {
  const { forwarded } = headers
  if (trusted === 'forwarded') {
    delete headers['x-forwarded-for']
    delete headers['x-forwarded-proto']
    delete headers['x-forwarded-host']
    if (forwarded === undefined) return true
    const { addresses, proto } = readForwarded(forwarded)
    headers['x-forwarded-for'] = addresses.join(', ')
    if (proto !== undefined) headers['x-forwarded-proto'] = proto
    return true
  }
  const given = headers['x-forwarded-for']
  if (given !== undefined) {
    // Removes the client's port, which some proxies add: it differs for each connection.
    headers['x-forwarded-for'] = [given]
      .flat()
      .join(',')
      .split(',')
      .map((node) => addressOf(node.trim()))
      .join(', ')
    return true
  }
  if (forwarded === undefined) return true
  // The proxy names no client: the request must not count as one from this machine.
  headers['x-forwarded-for'] = unknownClient
  return false
}
