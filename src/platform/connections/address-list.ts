import { BlockList, isIP, isIPv6 } from 'node:net'
import { plainAddress } from './visitor.ts'

/** Whether an address is a loopback address or one of these. @param sources addresses, or an address and a prefix length */
export function addressList(sources: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  list.addSubnet('127.0.0.0', 8, 'ipv4')
  list.addAddress('::1', 'ipv6')
  for (const source of sources) {
    const [address = '', bits] = source.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return (address) => {
    const plain = plainAddress(address)
    return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}
