/** Allowed sources of a stream's media. Nothing else is ever accepted. */
import { isIP, isIPv6, SocketAddress } from 'node:net'
import type { SdpMedia } from './parse-sdp.ts'

/**
 * Source of a stream's media. `sdp`: the offer gives a usable IP address. `signalling`: it gives none, 0.0.0.0 (Connectel; also
 * BroadWorks' pause), a name or a multicast address; then only the signalling source is trusted, never whoever sends first.
 */
export interface RemoteMedia {
  readonly address: string
  readonly port: number
  readonly basis: 'sdp' | 'signalling'
  /** Port for reports, if not the next one (RFC 3605). Only a port: reports go to the media source only. */
  readonly reportsPort?: number
}

export function remoteMediaOf(media: SdpMedia, sourceAddress: string): RemoteMedia {
  const address = media.connectionAddress ?? ''
  const port = reportsPort(media)
  const location = { port: media.port, ...(port !== undefined && { reportsPort: port }) }
  return isIP(address) !== 0 && !isUnspecified(address) && !isMulticast(address)
    ? { address: socketForm(address), ...location, basis: 'sdp' }
    : { address: sourceAddress, ...location, basis: 'signalling' }
}

/** `a=rtcp:53020 IN IP4 192.0.2.1`: the address, if it differs, is ignored. */
function reportsPort({ attributes }: SdpMedia): number | undefined {
  const port = Number(/^(\d{1,5})(?:\s|$)/.exec(attributes.find(({ name }) => name === 'rtcp')?.value ?? '')?.[1])
  return port > 0 && port <= 0xffff ? port : undefined
}

/** Returns an address in the spelling of sockets: IPv6 has many (RFC 5952), and packets are compared by this one. */
function socketForm(address: string): string {
  return isIPv6(address) && !address.includes('%') ? new SocketAddress({ address, family: 'ipv6' }).address : address
}

/** RFC 3264 section 8.4: a connection address of zeros is the old way to put a stream on hold. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address)
}

function isMulticast(address: string): boolean {
  const first = Number(address.split('.')[0])
  return (first >= 224 && first <= 239) || /^ff/i.test(address)
}
