/**
 * A parsed SIP message and its accessors. This folder implements the server side of SIP (RFC 3261), because a session recording
 * server only receives calls. It passes checked and ordered requests, with their dialogs, to one handler (handler.ts). It does
 * not interpret message bodies, and does not depend on media, the recording plan or the register.
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
 * Encoding of the header text, for reading and writing: `latin1` if it is not valid UTF-8, so that the peer's Via, From, To and
 * Call-ID are returned byte for byte.
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

/** A request with valid Via, From, To, Call-ID and CSeq. */
export interface SipRequest extends MessageParts {
  kind: 'request'
  method: string
  uri: string
}

/** A response with valid Via, From, To, Call-ID and CSeq. */
export interface SipResponse extends MessageParts {
  kind: 'response'
  status: number
  reason: string
}

/**
 * Bytes that are not a valid message. `headers`: those read before the error, from which an answer is made if `messageKind` is a
 * request. Malformed responses and other bytes are dropped (RFC 3261 section 18.1.2).
 */
export interface SipRefusal {
  kind: 'refusal'
  status: 400 | 505 | 513
  reason: string
  messageKind: 'request' | 'response' | 'noise'
  method?: string
  headers: Header[]
  encoding: HeaderEncoding
}

export type ParsedMessage = SipRequest | SipResponse | SipRefusal

interface HasHeaders {
  readonly headers: readonly Header[]
}

/** Returns the first header of that (lower-case, long) name, or undefined. */
export function firstHeader(message: HasHeaders, name: string): string | undefined {
  for (const header of message.headers) if (header.name === name) return header.value
  return undefined
}

/** Returns every line of that header, unsplit, in the order of arrival. */
export function allHeaders(message: HasHeaders, name: string): string[] {
  const values: string[] = []
  for (const header of message.headers) if (header.name === name) values.push(header.value)
  return values
}

/** Returns every value of a list header (Via, Route, Contact, Require...), split at commas and lines alike (RFC 3261 7.3.1). */
export function listHeader(message: HasHeaders, name: string): string[] {
  return allHeaders(message, name).flatMap(splitValues)
}

/** Returns the option tags of Require, Supported or Proxy-Require, in lower case; none for empty headers. */
export function optionTags(message: HasHeaders, name: string): string[] {
  return listHeader(message, name).map((tag) => tag.toLowerCase())
}
