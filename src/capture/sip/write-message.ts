import { spellHeaderName } from './header-names.ts'
import type { Header, HeaderEncoding } from './message.ts'

/** A message to be sent. Content-Length is computed from the body and overrides the headers. */
export interface OutgoingMessage {
  headers: readonly Header[]
  body?: Buffer | undefined
  encoding?: HeaderEncoding | undefined
}

/** Returns the bytes of a request (RFC 3261 7.1). */
export function writeRequest(method: string, uri: string, message: OutgoingMessage): Buffer {
  return write(`${method} ${uri} SIP/2.0`, message)
}

/** Returns the bytes of a response (RFC 3261 7.2). */
export function writeResponse(status: number, reason: string, message: OutgoingMessage): Buffer {
  return write(`SIP/2.0 ${status} ${reason}`, message)
}

function write(startLine: string, message: OutgoingMessage): Buffer {
  const body = message.body ?? Buffer.alloc(0)
  const lines = [oneLine(startLine)]
  for (const { name, value } of message.headers)
    if (name !== 'content-length') lines.push(`${spellHeaderName(name)}: ${oneLine(value)}`)
  lines.push(`Content-Length: ${body.length}`, '', '')
  return Buffer.concat([Buffer.from(lines.join('\r\n'), message.encoding ?? 'utf8'), body])
}

/** Removes line ends from a value, so that no header can be smuggled into our messages. */
function oneLine(value: string): string {
  return value.includes('\r') || value.includes('\n') ? value.replace(/[\r\n]/g, ' ') : value
}
