/**
 * Splits the body of a SIPREC request (RFC 7866 section 7.1, RFC 2046 section 5.1), including what clients really send: nested,
 * in any order, LF or CRLF, blank lines first, blanks after a delimiter, no closing delimiter, no part types. One pass per
 * nesting level, no backtracking.
 */
import { parameterOf } from './read-header-value.ts'
import type { Problem } from './problem.ts'
import { refuse, type Refusal } from './refusal.ts'

export const maxBodyBytes = 65_536
const maxDepth = 4
const maxParts = 32
const maxHeaderLines = 32
const sniffChars = 4096

/** A part that is neither SDP nor metadata (application/gtd for one). Kept whole: it may contain the call's id. */
export interface OtherPart {
  readonly contentType: string
  readonly text: string
}

export interface SplitBody {
  readonly kind: 'split'
  readonly found: 'nothing' | 'sdp' | 'metadata' | 'both'
  readonly sdp?: string
  readonly metadata?: string
  readonly others: readonly OtherPart[]
  readonly problems: readonly Problem[]
}

interface Findings {
  sdp?: string
  metadata?: string
  others: OtherPart[]
  parts: number
  problems: Set<Problem>
}

/**
 * Splits a body into SDP, metadata and other parts. An empty body is `nothing` (a delayed offer: the SDP comes with the ACK). A
 * body with neither SDP nor metadata is refused with 415, one above `maxBodyBytes` with 413.
 */
export function splitMultipart(
  contentType: string | undefined,
  body: Uint8Array | string,
  transferEncoding = '',
): SplitBody | Refusal {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (bytes.byteLength > maxBodyBytes) return refuse(413, 'Body Too Large')
  // One character a byte: parts of one body can have different encodings, so each is decoded by itself.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const findings: Findings = { others: [], parts: 0, problems: new Set() }
  if (text.trim() === '') return finish(findings)
  readPart(contentType ?? '', decodeTransfer(text, transferEncoding), 0, findings)
  if (findings.sdp === undefined && findings.metadata === undefined && !findings.problems.has('metadata-empty')) {
    return refuse(415, 'No SDP And No Recording Metadata')
  }
  return finish(findings)
}

function finish({ sdp, metadata, others, problems }: Findings): SplitBody {
  const found =
    sdp === undefined ? (metadata === undefined ? 'nothing' : 'metadata') : metadata === undefined ? 'sdp' : 'both'
  return {
    kind: 'split',
    found,
    ...(sdp === undefined ? {} : { sdp }),
    ...(metadata === undefined ? {} : { metadata }),
    others,
    problems: [...problems],
  }
}

function readPart(contentType: string, content: string, depth: number, findings: Findings): void {
  const mediaType = mediaTypeOf(contentType)
  const multipart =
    mediaType.startsWith('multipart/') || (!isUnderstood(mediaType) && firstDelimiter(content) !== undefined)
  if (!multipart) return addPart(mediaType, content, findings)
  if (depth >= maxDepth) {
    findings.problems.add('multipart-too-deep')
    return
  }
  const boundary = parameterOf(contentType, 'boundary')
  let parts = boundary ? cut(content, boundary, findings) : undefined
  if (!parts) {
    const seen = firstDelimiter(content)
    if (seen) {
      findings.problems.add(boundary ? 'multipart-boundary-mismatch' : 'multipart-boundary-missing')
      parts = cut(content, seen, findings)
    }
  }
  if (!parts) {
    findings.problems.add('multipart-empty')
    return addPart('', content, findings)
  }
  for (const part of parts) {
    if (++findings.parts > maxParts) {
      findings.problems.add('multipart-too-many-parts')
      return
    }
    const { type, encoding, start } = readPartHeaders(part, findings)
    readPart(type, decodeTransfer(part.slice(start), encoding), depth + 1, findings)
  }
}

/** Returns the parts between delimiter lines, without the delimiters’ line breaks; undefined if there are none. */
function cut(content: string, boundary: string, findings: Findings): string[] | undefined {
  const delimiter = `--${boundary}`
  const parts: string[] = []
  let partStart = -1
  let closed = false
  for (let line = 0; line < content.length && !closed;) {
    const newline = content.indexOf('\n', line)
    const next = newline === -1 ? content.length : newline + 1
    if (content.startsWith(delimiter, line)) {
      const rest = content.slice(line + delimiter.length, next).trim()
      if (rest === '' || rest === '--') {
        if (partStart !== -1) parts.push(withoutLastBreak(content, partStart, line))
        partStart = next
        closed = rest === '--'
      }
    }
    line = next
  }
  if (partStart === -1) return undefined
  if (!closed) {
    findings.problems.add('multipart-not-closed')
    parts.push(content.slice(partStart))
  }
  return parts
}

function withoutLastBreak(content: string, start: number, end: number): string {
  let last = end
  if (last > start && content[last - 1] === '\n') last--
  if (last > start && content[last - 1] === '\r') last--
  return content.slice(start, last)
}

function firstDelimiter(content: string): string | undefined {
  const start = content.search(/\S/)
  if (start === -1 || !content.startsWith('--', start)) return undefined
  const newline = content.indexOf('\n', start)
  const boundary = content.slice(start + 2, newline === -1 ? content.length : newline).trim()
  return boundary === '' || boundary.length > 200 ? undefined : boundary
}

/** Reads part headers up to the blank line; type and transfer encoding matter. A part may begin with its content at once. */
function readPartHeaders(part: string, findings: Findings): { type: string; encoding: string; start: number } {
  let type = ''
  let encoding = ''
  let line = 0
  for (let count = 0; line < part.length; count++) {
    const newline = part.indexOf('\n', line)
    const next = newline === -1 ? part.length : newline + 1
    const text = part.slice(line, next).trim()
    if (text === '') return { type, encoding, start: next }
    if (isLikelyContent(text)) {
      if (count > 0) findings.problems.add('part-headers-broken')
      return { type, encoding, start: line }
    }
    const colon = text.indexOf(':')
    if (count >= maxHeaderLines || colon <= 0) findings.problems.add('part-headers-broken')
    const name = colon > 0 ? text.slice(0, colon).trim().toLowerCase() : ''
    if (name === 'content-transfer-encoding') encoding = text.slice(colon + 1)
    if (name === 'content-type') type = text.slice(colon + 1).trim()
    // A folded header continues the previous one (RFC 822 section 3.1.1): boundary parameters sometimes do.
    else if (/^[ \t]/.test(part.slice(line, line + 1)) && type.endsWith(';')) type += text
    line = next
  }
  return { type, encoding, start: part.length }
}

/**
 * Returns a part's bytes before their transfer encoding (RFC 2045 section 6); 8bit, binary and unknown encodings are left
 * unchanged.
 */
function decodeTransfer(content: string, encoding: string): string {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(content, 'base64').toString('latin1')
    case 'quoted-printable':
      return content
        .replace(/=[ \t]*\r?\n/g, '')
        .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    default:
      return content
  }
}

function isLikelyContent(line: string): boolean {
  return line.startsWith('<') || line.startsWith('v=')
}

function mediaTypeOf(contentType: string): string {
  const semicolon = contentType.indexOf(';')
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase()
}

function isUnderstood(mediaType: string): boolean {
  return mediaType === 'application/sdp' || isMetadataType(mediaType)
}

/** RFC 7866 registers application/rs-metadata; clients of RFC 7865's draft time write +xml. Both are accepted. */
function isMetadataType(mediaType: string): boolean {
  return mediaType === 'application/rs-metadata' || mediaType === 'application/rs-metadata+xml'
}

function addPart(mediaType: string, content: string, findings: Findings): void {
  const text = decode(content, findings)
  if (text.trim() === '') {
    if (isMetadataType(mediaType)) findings.problems.add('metadata-empty')
    return
  }
  const sniffed = sniff(text)
  const declared = mediaType === 'application/sdp' ? 'sdp' : isMetadataType(mediaType) ? 'metadata' : undefined
  if (sniffed && !declared) findings.problems.add('part-type-missing')
  if (sniffed && declared && sniffed !== declared) findings.problems.add('part-type-wrong')
  const kind = sniffed ?? declared
  if (!kind) findings.others.push({ contentType: mediaType, text })
  else if (findings[kind] !== undefined) findings.problems.add(`${kind}-repeated`)
  else findings[kind] = text
}

function sniff(text: string): 'sdp' | 'metadata' | undefined {
  const head = text.slice(0, sniffChars).trimStart()
  if (/^v=\d/.test(head)) return 'sdp'
  if (head.startsWith('<') && /<(?:[\w.-]{1,64}:)?recording(?:_metadata)?[\s>/]/i.test(head)) return 'metadata'
  return undefined
}

function decode(content: string, findings: Findings): string {
  try {
    return new TextDecoder(unicodeOf(content), { fatal: true }).decode(Buffer.from(content, 'latin1'))
  } catch {
    findings.problems.add('body-not-utf8')
    return content
  }
}

/** XML in UTF-16 begins with a byte order mark or with `<` in two bytes (XML 1.0 appendix F). */
function unicodeOf(content: string): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (content.startsWith('\u00ff\u00fe') || content.startsWith('<\u0000')) return 'utf-16le'
  return content.startsWith('\u00fe\u00ff') || content.startsWith('\u0000<') ? 'utf-16be' : 'utf-8'
}
