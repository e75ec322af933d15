/**
 * SIP as RFC 3261 has it, the server's half: a session recording server is only ever called.
 *
 * In: bytes of UDP datagrams and TCP streams, and the answers of one handler (`server.ts` has its contract).
 * Out: SIP messages, and calls of that handler with requests that were checked, ordered and tied to their dialog.
 * Never here: SDP, metadata, media, the recording plan or the register. Bodies pass through as the bytes that came.
 *
 * This file: what a message is once parsed, and how to look into it.
 */
import type { NameAddr } from './name-addr.ts'
import type { Via } from './via.ts'
import type { CSeq } from './cseq.ts'
import { splitValues } from './split-values.ts'

/** One header line: long name in lower case (`call-id`, never `i`), unfolded value without outer blanks. */
export interface Header {
  name: string
  value: string
}

/**
 * How the header text was read and is to be written: `latin1` when it is not valid UTF-8, so that whatever a peer
 * sent in Via, From, To or Call-ID goes back byte for byte.
 */
export type HeaderEncoding = 'utf8' | 'latin1'

interface MessageParts {
  headers: Header[]
  body: Buffer
  encoding: HeaderEncoding
  via: Via
  from: NameAddr
  to: NameAddr
  callId: string
  cseq: CSeq
}

/** A request whose Via, From, To, Call-ID and CSeq are present and sound. */
export interface SipRequest extends MessageParts {
  kind: 'request'
  method: string
  uri: string
}

/** A response whose Via, From, To, Call-ID and CSeq are present and sound. */
export interface SipResponse extends MessageParts {
  kind: 'response'
  status: number
  reason: string
}

/**
 * What could not be taken as a message. `headers` are those read before the trouble: an answer is made of them when
 * `about` is a request; RFC 3261 has malformed responses and noise dropped (section 18.1.2).
 */
export interface SipRefusal {
  kind: 'refusal'
  status: 400 | 505 | 513
  reason: string
  about: 'request' | 'response' | 'noise'
  method?: string
  headers: Header[]
  encoding: HeaderEncoding
}

export type ParsedMessage = SipRequest | SipResponse | SipRefusal

interface HasHeaders {
  readonly headers: readonly Header[]
}

/** The first header of that (lower-case, long) name, or undefined. */
export function firstHeader(message: HasHeaders, name: string): string | undefined {
  for (const header of message.headers) if (header.name === name) return header.value
  return undefined
}

/** Every line of that header, unsplit, in the order of arrival. */
export function allHeaders(message: HasHeaders, name: string): string[] {
  const values: string[] = []
  for (const header of message.headers) if (header.name === name) values.push(header.value)
  return values
}

/** Every value of a list header (Via, Route, Contact, Require...), commas and lines alike (RFC 3261 7.3.1). */
export function listHeader(message: HasHeaders, name: string): string[] {
  return allHeaders(message, name).flatMap(splitValues)
}

/** The option tags of Require, Supported or Proxy-Require, in lower case; empty headers give none. */
export function optionTags(message: HasHeaders, name: string): string[] {
  return listHeader(message, name).map((tag) => tag.toLowerCase())
}
