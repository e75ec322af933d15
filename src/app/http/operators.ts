/**
 * Who may read what is for operators: numbers, the parts that do not answer, the description of the API. In: a request. Out: yes for
 * this machine and for the networks of SELOSTE_METRICS_SOURCES. Never here: a session; Prometheus and load balancers have none.
 */
import type { FastifyRequest } from 'fastify'
import { addressList } from '#platform/connections/address-list.ts'
import { plainAddress } from '#platform/connections/visitor.ts'

export type IsOperator = (request: FastifyRequest) => boolean

/** @param sources addresses, or an address and a prefix length */
export function operatorsAmong(sources: readonly string[]): IsOperator {
  const isNamed = addressList(sources)
  return ({ ip, socket: { remoteAddress, localAddress } }) => {
    // Whoever reaches an address of this machine from the same address is on this machine.
    const isHere = plainAddress(ip) === plainAddress(remoteAddress ?? '') && remoteAddress === localAddress
    return isHere || isNamed(ip)
  }
}
