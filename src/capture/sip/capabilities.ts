import type { Header } from './message.ts'

/** What a session recording server can do, and says so in its answers (RFC 3261 20, RFC 7866 section 6 and 8). */

export const allowedMethods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'UPDATE', 'OPTIONS', 'PRACK']

/** Option tags understood. 100rel asks for nothing: the recorder sends no provisional response but 100 (RFC 3262 section 3). */
export const supportedOptions = ['siprec', 'timer', 'replaces', '100rel']

export const allowHeader: Header = { name: 'allow', value: allowedMethods.join(', ') }
export const supportedHeader: Header = { name: 'supported', value: supportedOptions.join(', ') }
export const acceptHeader: Header = {
  name: 'accept',
  value: 'application/sdp, application/rs-metadata+xml, application/rs-metadata, multipart/mixed',
}
export const serverHeader: Header = { name: 'server', value: 'Seloste' }
