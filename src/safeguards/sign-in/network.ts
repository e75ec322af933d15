import { isIPv4 } from 'node:net'
import { plainAddress, clientKeyOf } from '#platform/connections/client-address.ts'

/** Returns the network for counting failures: /24 of IPv4, /64 of IPv6; otherwise the text. */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  return isIPv4(plain) ? `${plain.split('.').slice(0, 3).join('.')}.0/24` : clientKeyOf(address)
}
