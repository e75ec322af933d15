import { isIPv4, isIPv6 } from 'node:net'
import { wrongSetting } from './faults.ts'

/** Address to listen on. `host` is a bare IP address, without brackets; with port 0 the system chooses. */
export type Endpoint = { host: string; port: number }

/** Ports `firstPort` (even, RTP) to `lastPort` (odd, its RTCP), both included. */
export type PortRange = { host: string; firstPort: number; lastPort: number }

const endpointForm = 'an IP address and a port, as 127.0.0.1:8080 or [::1]:8080'
const rangeForm =
  'an IP address and ports from an even to an odd one, 1024 or more, as 127.0.0.1:30000-39999 or [::1]:30000-39999'
const lowestMediaPort = 1024
const highestPort = 65_535

/** @throws ConfigFault `setting-wrong` */
export function parseEndpoint(name: string, text: string): Endpoint {
  const { host, rest } = splitAddress(text) ?? {}
  const port = parsePort(rest)
  if (host === undefined || port === undefined) throw wrongSetting(name, text, endpointForm)
  return { host, port }
}

/** @throws ConfigFault `setting-wrong` */
export function parsePortRange(name: string, text: string): PortRange {
  const { host, rest } = splitAddress(text) ?? {}
  const [first, last, more] = rest?.split('-') ?? []
  const firstPort = parsePort(first)
  const lastPort = parsePort(last)
  if (
    host === undefined ||
    firstPort === undefined ||
    lastPort === undefined ||
    more !== undefined ||
    firstPort < lowestMediaPort ||
    firstPort % 2 !== 0 ||
    lastPort % 2 !== 1 ||
    lastPort <= firstPort
  ) {
    throw wrongSetting(name, text, rangeForm)
  }
  return { host, firstPort, lastPort }
}

/** Formats an endpoint as in a setting or a URL: IPv6 in brackets. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

export function isLoopback(host: string): boolean {
  return host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function splitAddress(text: string): { host: string; rest: string } | undefined {
  const match = /^(?:\[([^\]]*)\]|([^[\]:]*)):([^:]*)$/.exec(text)
  if (!match) return undefined
  const [, bracketed, plain, rest = ''] = match
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, rest } : undefined
  // The only name with one meaning everywhere; other names depend on name resolution.
  const host = plain === 'localhost' ? '127.0.0.1' : plain
  return host !== undefined && isIPv4(host) ? { host, rest } : undefined
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port <= highestPort ? port : undefined
}
