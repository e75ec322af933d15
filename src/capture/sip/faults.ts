import { Fault } from '#platform/fault.ts'

/** Error codes of this folder, each with a remedy for the operator. */
export const sipFaults = {
  'sip-listen-failed':
    'Cannot listen at the SIP address: another program uses the port, or the address is not one of this machine.',
  'sip-certificate-wrong':
    'The certificate for SIP over TLS cannot be used: the message names the file with the error. Renew or correct it; it is reread automatically.',
  'sip-client-refused':
    'A SIP connection was refused: over TLS without a certificate of an authority in SELOSTE_SIPS_CLIENTS, or because a limit of connections or unfinished handshakes was reached.',
  'sip-source-unknown':
    'SIP came from an address that SELOSTE_SIP_SOURCES does not name: a recording client that is missing there, or a stranger.',
  'sip-socket-failed': 'A listening SIP socket failed; the message has the system’s error.',
} as const

export type SipFaultCode = keyof typeof sipFaults

export class SipFault extends Fault<SipFaultCode> {}
