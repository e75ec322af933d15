import { isIPv4, isIPv6 } from 'node:net'

const v4Mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Returns the address without its zone; for an IPv4-mapped address the IPv4 address (RFC 4291 section 2.5.5.2). */
export function plainAddress(address: string): string {
  return v4Mapped.exec(address)?.[1] ?? address.split('%')[0] ?? address
}

/** Returns the key of limits: the IPv4 address, the /64 of an IPv6 address, otherwise the text itself. */
export function clientKeyOf(address: string): string {
  const plain = plainAddress(address)
  if (isIPv4(plain)) return plain
  if (!isIPv6(plain)) return address.slice(0, 60)
  const [head = '', tail] = plain.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const ending = tail === undefined || tail === '' ? [] : tail.split(':')
  const all = tail === undefined ? groups : [...groups, ...zeros(8 - groups.length - ending.length), ...ending]
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}

function zeros(count: number): string[] {
  return Array.from({ length: Math.max(count, 0) }, () => '0')
}
