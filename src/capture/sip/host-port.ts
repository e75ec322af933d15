import { readDecimal } from './scan-text.ts'

/** A host (IPv6 without its brackets) and the port, if given. */
export interface HostPort {
  host: string
  port?: number
}

/** Parses `host`, `host:port`, `[v6]` or `[v6]:port`, with blanks around the colon (RFC 4475 3.1.1.1); undefined if invalid. */
export function parseHostPort(text: string): HostPort | undefined {
  const trimmed = text.trim()
  let host: string
  let rest: string
  if (trimmed.startsWith('[')) {
    const close = trimmed.indexOf(']')
    if (close < 0) return undefined
    host = trimmed.slice(1, close)
    rest = trimmed.slice(close + 1).trim()
  } else {
    const colon = trimmed.indexOf(':')
    host = (colon < 0 ? trimmed : trimmed.slice(0, colon)).trim()
    rest = colon < 0 ? '' : trimmed.slice(colon)
  }
  if (!isHost(host)) return undefined
  if (rest === '') return { host }
  if (!rest.startsWith(':')) return undefined
  const port = readDecimal(rest.slice(1).trim(), 65535)
  return port === undefined || port === 0 ? undefined : { host, port }
}

/** Formats host and port for a URI or Via: IPv6 in brackets. */
export function writeHostPort(hostPort: HostPort): string {
  const host = hostPort.host.includes(':') ? `[${hostPort.host}]` : hostPort.host
  return hostPort.port === undefined ? host : `${host}:${hostPort.port}`
}

function isHost(host: string): boolean {
  if (host === '') return false
  for (let i = 0; i < host.length; i++) {
    const char = host.charCodeAt(i)
    // Spaces, quotes, commas, brackets and similar characters are not allowed in a host name or address.
    if (char <= 0x20 || char === 0x7f || '"<>[](),;/?@\\'.includes(host[i] as string)) return false
  }
  return true
}
