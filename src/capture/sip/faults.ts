import { Fault } from '#platform/fault.ts'

/** Every code this folder throws, with what an operator can do about it. */
export const sipFaults = {
  'sip-listen-failed':
    'The SIP address cannot be listened at: another program has the port, or the address is not ours.',
  'sip-socket-failed': 'A listening SIP socket broke; the message carries what the system said.',
} as const

export type SipFaultCode = keyof typeof sipFaults

/** A SIP fault: see `sipFaults` for the codes. */
export class SipFault extends Fault<SipFaultCode> {}
