import { isUtf8 } from 'node:buffer'
import { longHeaderName } from './header-names.ts'
import { firstHeader, type Header, type HeaderEncoding, type ParsedMessage, type SipRefusal } from './message.ts'
import { parseCSeq, type CSeq } from './cseq.ts'
import { parseNameAddr, type NameAddr } from './name-addr.ts'
import { isToken, readDecimal } from './scan-text.ts'
import { splitValues } from './split-values.ts'
import { parseVia, type Via } from './via.ts'

/** Limits of one message, against abuse of processor time and memory. */
export interface MessageLimits {
  messageBytes: number
  lineBytes: number
  headerLines: number
}

export const messageLimits: MessageLimits = { messageBytes: 65_536, lineBytes: 8_192, headerLines: 128 }

const singleHeaders = ['from', 'to', 'call-id', 'cseq', 'max-forwards']

/**
 * Parses one datagram, or one frame of a stream, as a request, a response or a refusal; never throws (RFC 3261 section 7).
 * Takes linear time. Bytes after Content-Length are ignored (18.3). Header lines without a colon or with an invalid name are
 * skipped (8.2: headers not needed to process a request are ignored). The five mandatory headers must be valid.
 */
export function parseMessage(bytes: Buffer, limits: MessageLimits = messageLimits): ParsedMessage {
  const start = skipLineEnds(bytes)
  const head = readHead(bytes, start, limits)
  const first = readStartLine(head.startLine)
  const refuse = (status: SipRefusal['status'], reason: string): SipRefusal => ({
    kind: 'refusal',
    status,
    reason,
    messageKind: first.messageKind,
    ...(first.messageKind === 'request' && first.method !== undefined ? { method: first.method } : {}),
    headers: head.headers,
    encoding: head.encoding,
  })
  if (bytes.length > limits.messageBytes) return refuse(513, 'Message Too Large')
  if (first.messageKind === 'noise') return refuse(400, 'Not SIP')
  if (first.error !== undefined) return refuse(first.error.status, first.error.reason)
  if (head.error !== undefined) return refuse(400, head.error)

  const body = readBody(bytes.subarray(head.bodyAt), head.headers)
  if (typeof body === 'string') return refuse(400, body)
  const needed = readMandatoryHeaders(head.headers)
  if (typeof needed === 'string') return refuse(400, needed)
  const parts = { headers: head.headers, body, encoding: head.encoding, ...needed }
  if (first.messageKind === 'response')
    return { kind: 'response', status: first.status, reason: first.reason, ...parts }
  if (needed.cseq.method !== first.method) return refuse(400, 'CSeq method does not match')
  return { kind: 'request', method: first.method, uri: first.uri, ...parts }
}

interface Head {
  startLine: string
  headers: Header[]
  encoding: HeaderEncoding
  bodyAt: number
  error?: string
}

/** Skips empty lines at the start, which are keep-alives (7.5). */
function skipLineEnds(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length && (bytes[at] === 0x0d || bytes[at] === 0x0a)) at++
  return at
}

function readHead(bytes: Buffer, start: number, limits: MessageLimits): Head {
  const capped = Math.min(bytes.length, limits.messageBytes)
  const bodyAt = findBody(bytes, start, capped)
  const slice = bytes.subarray(start, bodyAt)
  const encoding: HeaderEncoding = isUtf8(slice) ? 'utf8' : 'latin1'
  const text = slice.toString(encoding)
  const headers: Header[] = []
  let startLine: string | undefined
  let error: string | undefined
  let lines = 0
  // The current header. A next line that begins with a space or tab continues it (7.3.1).
  let name: string | undefined
  let value = ''
  const finish = () => {
    if (name !== undefined) headers.push({ name, value: value.trim() })
    name = undefined
  }
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at)
    const next = newline < 0 ? text.length : newline + 1
    let end = newline < 0 ? text.length : newline
    if (end > at && text.charCodeAt(end - 1) === 0x0d) end--
    const line = text.slice(at, end)
    at = next
    if (line.length > limits.lineBytes) {
      startLine ??= line.slice(0, limits.lineBytes)
      error ??= 'Line too long'
      name = undefined
      continue
    }
    if (line.includes('\r')) {
      // Refuses a single CR: repeated in an answer, some parsers would read it as a line end.
      startLine ??= line
      error ??= 'Stray carriage return'
      name = undefined
      continue
    }
    if (startLine === undefined) {
      startLine = line
      continue
    }
    if (line === '') continue
    if (++lines > limits.headerLines) {
      error ??= 'Too many headers'
      break
    }
    if (line[0] === ' ' || line[0] === '\t') {
      if (name === undefined) continue
      if (value.length + line.length > limits.lineBytes) error ??= 'Line too long'
      else value += ` ${line.trim()}`
      continue
    }
    finish()
    const colon = line.indexOf(':')
    const rawName = line.slice(0, colon < 0 ? 0 : colon).trimEnd()
    if (!isToken(rawName)) continue
    name = longHeaderName(rawName)
    value = line.slice(colon + 1).trim()
  }
  finish()
  return { startLine: startLine ?? '', headers, encoding, bodyAt, ...(error === undefined ? {} : { error }) }
}

/** Returns the offset after the first empty line, or the end if there is none. */
function findBody(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end) {
    const newline = bytes.indexOf(0x0a, at)
    if (newline < 0 || newline >= end) return end
    at = newline + 1
    if (bytes[at] === 0x0a) return at + 1
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at + 2
  }
  return end
}

interface StartLineError {
  status: 400 | 505
  reason: string
}

type StartLine =
  | { messageKind: 'noise'; error?: undefined }
  | { messageKind: 'request'; method: string; uri: string; error?: undefined }
  | { messageKind: 'request'; method?: string; error: StartLineError }
  | { messageKind: 'response'; status: number; reason: string; error?: undefined }
  | { messageKind: 'response'; error: StartLineError }

function readStartLine(raw: string): StartLine {
  // A space at the end is accepted (RFC 4475 3.1.2.9 leaves the choice); additional ones inside are not (3.1.2.8).
  const line = raw.trimEnd()
  if (line.slice(0, 4).toUpperCase() === 'SIP/') return readStatusLine(line)
  const lastBlank = line.lastIndexOf(' ')
  const version = line.slice(lastBlank + 1)
  if (version.slice(0, 4).toUpperCase() !== 'SIP/') return { messageKind: 'noise' }
  const firstBlank = line.indexOf(' ')
  const method = line.slice(0, firstBlank)
  if (!isToken(method)) return { messageKind: 'request', error: { status: 400, reason: 'Invalid method' } }
  if (version.toUpperCase() !== 'SIP/2.0')
    return { messageKind: 'request', method, error: { status: 505, reason: 'Version Not Supported' } }
  const uri = line.slice(firstBlank + 1, Math.max(lastBlank, firstBlank + 1))
  if (!isPlainUri(uri)) return { messageKind: 'request', method, error: { status: 400, reason: 'Invalid Request-URI' } }
  return { messageKind: 'request', method, uri }
}

function readStatusLine(line: string): StartLine {
  const error = { status: 400, reason: 'Invalid status line' } as const
  const blank = line.indexOf(' ')
  if (line.slice(0, blank < 0 ? line.length : blank).toUpperCase() !== 'SIP/2.0')
    return { messageKind: 'response', error }
  const rest = line.slice(blank + 1)
  const codeEnd = rest.indexOf(' ')
  const code = codeEnd < 0 ? rest : rest.slice(0, codeEnd)
  const status = code.length === 3 ? readDecimal(code, 699) : undefined
  if (status === undefined || status < 100) return { messageKind: 'response', error }
  return { messageKind: 'response', status, reason: codeEnd < 0 ? '' : rest.slice(codeEnd + 1) }
}

/** Returns true for a URI with a scheme and without spaces or brackets (RFC 4475 3.1.2.6, 3.1.2.7). */
function isPlainUri(uri: string): boolean {
  if (!uri.includes(':')) return false
  for (let i = 0; i < uri.length; i++) {
    const char = uri.charCodeAt(i)
    if (char <= 0x20 || char === 0x7f || char === 0x3c || char === 0x3e || char === 0x22) return false
  }
  return true
}

/** Returns the body delimited by Content-Length, or the error (RFC 4475 3.1.2.2, 3.1.2.3, 3.3.9). */
function readBody(available: Buffer, headers: Header[]): Buffer | string {
  let length: number | undefined
  for (const header of headers) {
    if (header.name !== 'content-length' || header.value === '') continue
    const read = readDecimal(header.value, 0xffffffff)
    if (read === undefined) return 'Invalid Content-Length'
    if (length !== undefined && length !== read) return 'Content-Length twice'
    length = read
  }
  if (length === undefined) return available
  return length > available.length ? 'Content-Length past the end' : available.subarray(0, length)
}

interface MandatoryHeaders {
  via: Via
  from: NameAddr
  to: NameAddr
  callId: string
  cseq: CSeq
}

function readMandatoryHeaders(headers: Header[]): MandatoryHeaders | string {
  const seen = new Set<string>()
  for (const { name } of headers) {
    if (!singleHeaders.includes(name)) continue
    if (seen.has(name)) return `${name} twice`
    seen.add(name)
  }
  const value = (name: string) => firstHeader({ headers }, name) ?? ''
  const via = parseVia(splitValues(value('via'))[0] ?? '')
  if (via === undefined) return 'Via missing or unsound'
  const from = parseNameAddr(value('from'))
  if (from === undefined || !from.closed) return 'From missing or unsound'
  const to = parseNameAddr(value('to'))
  if (to === undefined || !to.closed) return 'To missing or unsound'
  const callId = value('call-id')
  if (callId === '') return 'Call-ID missing'
  const cseq = parseCSeq(value('cseq'))
  if (cseq === undefined) return 'CSeq missing or unsound'
  const maxForwards = value('max-forwards')
  if (maxForwards !== '' && readDecimal(maxForwards, 255) === undefined) return 'Invalid Max-Forwards'
  return { via, from, to, callId, cseq }
}
