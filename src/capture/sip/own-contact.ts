import type { TransportKind } from './handler.ts'
import { writeHostPort } from './host-port.ts'

/**
 * Returns our Contact at an address, with the feature tag of a recording server (RFC 7866 6.1.2). `isSips`: the peer uses a
 * SIPS URI.
 */
export function contactAt(at: { host: string; port: number; kind: TransportKind; isSips: boolean }): string {
  const form = at.kind === 'udp' ? '' : `;transport=${at.kind}`
  // RFC 3261 section 12.1.1: a caller of a SIPS URI is answered with one.
  const scheme = at.kind === 'tls' && at.isSips ? 'sips' : 'sip'
  return `<${scheme}:seloste@${writeHostPort(at)}${form}>;+sip.srs`
}
