import { BlockList, isIP, isIPv6 } from 'node:net'
import { plainAddress } from './client-address.ts'

/**
 * Returns the networks as a block list.
 * @param networks addresses, or addresses with a prefix length
 */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return list
}

/**
 * Returns a function that is true for loopback addresses and for these sources.
 * @param sources as in {@link blockListOf}
 */
export function addressList(sources: readonly string[]): (address: string) => boolean {
  const list = blockListOf(['127.0.0.0/8', '::1', ...sources])
  return (address) => {
    const plain = plainAddress(address)
    return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}
