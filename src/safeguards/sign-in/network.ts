import { isIPv4 } from 'node:net'
import { plainAddress, visitorOf } from '#platform/connections/visitor.ts'

/** The network that an address belongs to, as failures are counted: /24 of IPv4, /64 of IPv6; an address of neither as it is. */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  return isIPv4(plain) ? `${plain.split('.').slice(0, 3).join('.')}.0/24` : visitorOf(address)
}
