/** Where media of a stream may come from: nothing else is ever let in. */
import { isIP } from 'node:net'
import type { SdpMedia } from './parse-sdp.ts'

/**
 * Where a stream's media will come from. `sdp` when the offer gives a usable IP address; `signalling` when it gives
 * none, 0.0.0.0 (Connectel; also BroadWorks' pause), a name or a multicast address: then only the signalling source
 * is believed, never whoever sends first.
 */
export interface RemoteMedia {
  readonly address: string
  readonly port: number
  readonly basis: 'sdp' | 'signalling'
}

export function remoteMediaOf(media: SdpMedia, sourceAddress: string): RemoteMedia {
  const address = media.connectionAddress ?? ''
  return isIP(address) !== 0 && !isUnspecified(address) && !isMulticast(address)
    ? { address, port: media.port, basis: 'sdp' }
    : { address: sourceAddress, port: media.port, basis: 'signalling' }
}

/** RFC 3264 section 8.4: a connection address of zeros is the old way to put a stream on hold. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address)
}

function isMulticast(address: string): boolean {
  const first = Number(address.split('.')[0])
  return (first >= 224 && first <= 239) || /^ff/i.test(address)
}
