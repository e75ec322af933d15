/**
 * Who may read operators' pages (metrics, missing parts, the API's description): this machine and the networks of
 * SELOSTE_METRICS_SOURCES, without a session.
 * A web page can point its own name at this machine (DNS rebinding) and read through the browser of its visitor, so a browser
 * is accepted only under a name that is ours, or that nobody can register.
 */
import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'
import { addressList } from '#platform/connections/address-list.ts'
import { plainAddress } from '#platform/connections/visitor.ts'

export type IsOperator = (request: FastifyRequest) => boolean

/**
 * @param sources addresses, or addresses with a prefix length
 * @param publicUrl origin of the web interface
 */
export function operatorsAmong(sources: readonly string[], publicUrl?: string): IsOperator {
  const isNamed = addressList(sources)
  const ours = publicUrl === undefined ? undefined : new URL(publicUrl).hostname
  return (request) => {
    const {
      ip,
      socket: { remoteAddress, localAddress },
    } = request
    if (isBrowser(request) && !namesOf(request).every((name) => name === ours || isNobodys(name))) return false
    // A client that reaches an address of this machine from the same address is on this machine.
    const isHere = plainAddress(ip) === plainAddress(remoteAddress ?? '') && remoteAddress === localAddress
    return isHere || isNamed(ip)
  }
}

/** Detected by headers that no page can suppress. */
function isBrowser({ headers }: FastifyRequest): boolean {
  return (
    ['accept-language', 'sec-fetch-site', 'origin'].some((name) => name in headers) ||
    /^Mozilla\//.test(headers['user-agent'] ?? '')
  )
}

/** Returns the requested names: a page can add headers like a proxy, but remove none. */
function namesOf({ headers }: FastifyRequest): string[] {
  const hosts = [headers.host, headers['x-forwarded-host']].flat().flatMap((host) => host?.split(',') ?? [])
  return hosts.map((host) => host.trim().replace(/:\d*$/, ''))
}

/** Returns true for an address, and for a name that cannot exist in the public DNS (RFC 6761, RFC 6762). */
function isNobodys(hostname: string): boolean {
  return (
    isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0 ||
    !hostname.includes('.') ||
    /\.(?:localhost|local)$/i.test(hostname)
  )
}
