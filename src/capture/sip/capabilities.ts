import type { Header } from './message.ts'

/** Capabilities that a session recording server advertises (RFC 3261 20, RFC 7866 section 6 and 8). */

export const allowedMethods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'UPDATE', 'OPTIONS', 'PRACK']

/** Supported option tags. 100rel needs no code: the recorder sends no provisional responses except 100 (RFC 3262 section 3). */
export const supportedOptions = ['siprec', 'timer', 'replaces', '100rel']

export const allowHeader: Header = { name: 'allow', value: allowedMethods.join(', ') }
export const supportedHeader: Header = { name: 'supported', value: supportedOptions.join(', ') }
export const acceptHeader: Header = {
  name: 'accept',
  value: 'application/sdp, application/rs-metadata+xml, application/rs-metadata, multipart/mixed',
}
export const serverHeader: Header = { name: 'server', value: 'Seloste' }
