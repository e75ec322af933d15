/**
 * Who may read what is for operators: numbers, the parts that do not answer, the description of the API. In: a request. Out: yes for
 * this machine and for the networks of SELOSTE_METRICS_SOURCES. Never here: a session; Prometheus and load balancers have none.
 */
import { BlockList, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

export type IsOperator = (request: FastifyRequest) => boolean

/** @param sources addresses, or an address and a prefix length */
export function operatorsAmong(sources: readonly string[]): IsOperator {
  const list = new BlockList()
  list.addSubnet('127.0.0.0', 8, 'ipv4')
  list.addAddress('::1', 'ipv6')
  for (const source of sources) {
    const [address = '', bits] = source.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return ({ ip, socket: { remoteAddress, localAddress } }) => {
    const address = plain(ip)
    // Whoever reaches an address of this machine from the same address is on this machine.
    const isHere = address === plain(remoteAddress ?? '') && remoteAddress === localAddress
    return isHere || list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
}

/** `::ffff:192.0.2.1` -> `192.0.2.1` */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
