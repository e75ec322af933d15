import { isIPv4, isIPv6 } from 'node:net'

const v4Mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The network that an address belongs to, as failures are counted: /24 of IPv4, /64 of IPv6; an address of neither as it is. */
export function networkOf(address: string): string {
  const plain = v4Mapped.exec(address)?.[1] ?? address.split('%')[0] ?? address
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
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
