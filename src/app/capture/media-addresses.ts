import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Returns true if media from an address can reach a socket that listens at `host`: `::` accepts both families. */
export function mediaReachability(host: string): (address: string) => boolean {
  if (host === '::') return () => true
  return (address) => isIPv6(address) === isIPv6(host)
}

/**
 * Returns the address for a peer to send to: this machine's first one of the peer's family that is not loopback; loopback for a
 * peer on this machine.
 */
export function mediaAddresses(host: string): (peer: string) => string {
  if (host !== '0.0.0.0' && host !== '::') return () => host
  const addresses = Object.values(networkInterfaces()).flatMap((ones) => ones ?? [])
  const outward = (family: 'IPv4' | 'IPv6') =>
    addresses.find((one) => one.family === family && !one.internal && !one.address.startsWith('fe80'))?.address
  const ipv4 = outward('IPv4') ?? '127.0.0.1'
  // A socket for all addresses accepts both families.
  const ipv6 = host === '::' ? (outward('IPv6') ?? '::1') : undefined
  return (peer) => (ipv6 !== undefined && isIPv6(peer) ? ipv6 : ipv4)
}
