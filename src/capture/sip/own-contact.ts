import type { TransportKind } from './handler.ts'
import { writeHostPort } from './host-port.ts'

/**
 * Returns our Contact at an address, with the feature tag of a recording server (RFC 7866 6.1.2). `isSips`: the peer uses a
 * SIPS URI.
 */
export function contactAt(at: { host: string; port: number; kind: TransportKind; isSips: boolean }): string {
  const form = at.kind === 'udp' ? '' : `;transport=${at.kind}`
  // A request to a SIPS URI is answered with a SIPS Contact (RFC 3261 section 12.1.1).
  const scheme = at.kind === 'tls' && at.isSips ? 'sips' : 'sip'
  return `<${scheme}:seloste@${writeHostPort(at)}${form}>;+sip.srs`
}
