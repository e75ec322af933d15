/**
 * Who may read what is for operators: numbers, the parts that do not answer, the description of the API. In: a request. Out: yes for
 * this machine and for the networks of SELOSTE_METRICS_SOURCES. Never here: a session; Prometheus and load balancers have none.
 *
 * A page of anybody can point a name of its own at this machine (DNS rebinding), and then reads what the browser that shows it may read:
 * a browser is nobody's but by a name that is ours, or that nobody can have.
 */
import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'
import { addressList } from '#platform/connections/address-list.ts'
import { plainAddress } from '#platform/connections/visitor.ts'

export type IsOperator = (request: FastifyRequest) => boolean

/**
 * @param sources addresses, or an address and a prefix length
 * @param publicUrl where browsers find the web
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
    // Whoever reaches an address of this machine from the same address is on this machine.
    const isHere = plainAddress(ip) === plainAddress(remoteAddress ?? '') && remoteAddress === localAddress
    return isHere || isNamed(ip)
  }
}

/** By headers of which no page can keep its browser from sending all. */
function isBrowser({ headers }: FastifyRequest): boolean {
  return (
    ['accept-language', 'sec-fetch-site', 'origin'].some((name) => name in headers) ||
    /^Mozilla\//.test(headers['user-agent'] ?? '')
  )
}

/** The names by which it asks: a page adds what a proxy adds, and takes nothing away. */
function namesOf({ headers }: FastifyRequest): string[] {
  const hosts = [headers.host, headers['x-forwarded-host']].flat().flatMap((host) => host?.split(',') ?? [])
  return hosts.map((host) => host.trim().replace(/:\d*$/, ''))
}

/** True for an address, and for a name that nobody can have in the public DNS (RFC 6761, RFC 6762). */
function isNobodys(hostname: string): boolean {
  return (
    isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0 ||
    !hostname.includes('.') ||
    /\.(?:localhost|local)$/i.test(hostname)
  )
}
