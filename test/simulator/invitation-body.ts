import type { Identifiers } from './random.ts'

/** Content type of metadata (RFC 7866 section 12.3), written as most clients do. */
export const metadataType = 'application/rs-metadata+xml'

/** Writes SDP only, or SDP and metadata in one multipart/mixed (RFC 7866 section 9.1). */
export function writeInvitationBody(
  sdp: string,
  metadata: string | undefined,
  ids: Identifiers,
): { type: string; bytes: Buffer } {
  if (metadata === undefined) return { type: 'application/sdp', bytes: Buffer.from(sdp) }
  const boundary = `seloste-${ids.hex(8)}`
  const parts = [
    `--${boundary}\r\nContent-Type: application/sdp\r\n\r\n${sdp}`,
    `--${boundary}\r\nContent-Type: ${metadataType}\r\nContent-Disposition: recording-session\r\n\r\n${metadata}`,
    `--${boundary}--\r\n`,
  ]
  return { type: `multipart/mixed;boundary=${boundary}`, bytes: Buffer.from(parts.join('\r\n')) }
}
