import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Returns a predicate: can media from an address reach a socket that listens at `host`? `::` accepts IPv4 and IPv6. */
export function mediaReachability(host: string): (address: string) => boolean {
  if (host === '::') return () => true
  return (address) => isIPv6(address) === isIPv6(host)
}

/**
 * Returns a function from a peer's address to the address where the peer should send media: `host`, or, if that is a wildcard,
 * this machine's first non-loopback address of the peer's family (loopback if there is none).
 */
export function mediaAddresses(host: string): (peer: string) => string {
  if (host !== '0.0.0.0' && host !== '::') return () => host
  const addresses = Object.values(networkInterfaces()).flatMap((ones) => ones ?? [])
  const outward = (family: 'IPv4' | 'IPv6') =>
    addresses.find((one) => one.family === family && !one.internal && !one.address.startsWith('fe80'))?.address
  const ipv4 = outward('IPv4') ?? '127.0.0.1'
  // A socket at `::` accepts IPv4 and IPv6.
  const ipv6 = host === '::' ? (outward('IPv6') ?? '::1') : undefined
  return (peer) => (ipv6 !== undefined && isIPv6(peer) ? ipv6 : ipv4)
}
