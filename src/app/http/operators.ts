/**
 * Decides who may read the operators' endpoints (metrics, details of health checks, API reference) without a session: clients on
 * this machine and in the networks of SELOSTE_METRICS_SOURCES.
 * A web page can point its own host name at this machine and read the answers in its visitor's browser (DNS rebinding). So a
 * browser is accepted only if the host name in the request is ours, an IP address, or a name that nobody can register.
 */
import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'
import { addressList } from '#platform/connections/address-list.ts'
import { plainAddress } from '#platform/connections/client-address.ts'

export type IsOperator = (request: FastifyRequest) => boolean

/**
 * Returns a predicate for requests from operators.
 * @param sources addresses, or addresses with a prefix length
 * @param publicUrl origin of the web interface
 */
export function operatorCheck(sources: readonly string[], publicUrl?: string): IsOperator {
  const isNamed = addressList(sources)
  const ours = publicUrl === undefined ? undefined : new URL(publicUrl).hostname
  return (request) => {
    const {
      ip,
      socket: { remoteAddress, localAddress },
    } = request
    if (isBrowser(request) && !namesOf(request).every((name) => name === ours || isNonPublicHost(name))) return false
    // If the client's address is the address at which it reached us, the client is on this machine.
    const isHere = plainAddress(ip) === plainAddress(remoteAddress ?? '') && remoteAddress === localAddress
    return isHere || isNamed(ip)
  }
}

/** Detects browsers by headers that a web page cannot remove. */
function isBrowser({ headers }: FastifyRequest): boolean {
  return (
    ['accept-language', 'sec-fetch-site', 'origin'].some((name) => name in headers) ||
    /^Mozilla\//.test(headers['user-agent'] ?? '')
  )
}

/**
 * Returns every host name in Host and X-Forwarded-Host. A web page can add X-Forwarded-Host, but cannot remove Host, so all names
 * must match.
 */
function namesOf({ headers }: FastifyRequest): string[] {
  const hosts = [headers.host, headers['x-forwarded-host']].flat().flatMap((host) => host?.split(',') ?? [])
  return hosts.map((host) => host.trim().replace(/:\d*$/, ''))
}

/** Returns true for an IP address, and for a name that cannot exist in the public DNS (RFC 6761, RFC 6762). */
function isNonPublicHost(hostname: string): boolean {
  return (
    isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0 ||
    !hostname.includes('.') ||
    /\.(?:localhost|local)$/i.test(hostname)
  )
}
