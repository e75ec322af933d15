import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Returns true if media from an address can come to a socket that listens at `host`: `::` hears both families. */
export function mediaHearing(host: string): (address: string) => boolean {
  if (host === '::') return () => true
  return (address) => isIPv6(address) === isIPv6(host)
}

/**
 * The address that a peer can send to: of all of this machine's, the first of the peer's family that is not loopback, for a
 * peer on this machine its loopback.
 */
export function mediaAddresses(host: string): (peer: string) => string {
  if (host !== '0.0.0.0' && host !== '::') return () => host
  const addresses = Object.values(networkInterfaces()).flatMap((ones) => ones ?? [])
  const outward = (family: 'IPv4' | 'IPv6') =>
    addresses.find((one) => one.family === family && !one.internal && !one.address.startsWith('fe80'))?.address
  const ipv4 = outward('IPv4') ?? '127.0.0.1'
  // A socket for all addresses hears both families.
  const ipv6 = host === '::' ? (outward('IPv6') ?? '::1') : undefined
  return (peer) => (ipv6 !== undefined && isIPv6(peer) ? ipv6 : ipv4)
}
