import { Fault } from '#platform/fault.ts'

/** Error codes of this folder, each with advice for the operator. */
export const sipFaults = {
  'sip-listen-failed':
    'The SIP address cannot be listened at: another program has the port, or the address is not ours.',
  'sip-certificate-wrong':
    'The certificate for SIP over TLS cannot be used: the message says which file is wrong. Renew or mend it; it is read anew.',
  'sip-client-refused':
    'A connection over TLS did not come about: the client showed no certificate of an authority in SELOSTE_SIPS_CLIENTS, or spoke no TLS.',
  'sip-source-unknown':
    'SIP came from an address that SELOSTE_SIP_SOURCES does not name: a recording client that is missing there, or a stranger.',
  'sip-socket-failed': 'A listening SIP socket broke; the message carries what the system said.',
} as const

export type SipFaultCode = keyof typeof sipFaults

export class SipFault extends Fault<SipFaultCode> {}
