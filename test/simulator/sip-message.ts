/**
 * SIP messages as the simulator writes and reads them (RFC 3261 section 7). Independent of the recorder's own parser,
 * so that each tests the other. Reads what a correct recorder sends; it is not hardened against anything else.
 */
export type Header = readonly [name: string, value: string]

export type SipRequest = {
  readonly method: string
  readonly uri: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}
export type SipResponse = {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}
export type SipMessage = SipRequest | SipResponse

const compactNames: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
}
const emptyBody = Buffer.alloc(0)

const longName = (name: string) => compactNames[name.toLowerCase()] ?? name.toLowerCase()

export const isRequest = (message: SipMessage): message is SipRequest => 'method' in message

/** Returns all values of a header, in order, as they were written. */
export function headerValues(message: SipMessage, name: string): string[] {
  return message.headers.filter(([each]) => longName(each) === name.toLowerCase()).map(([, value]) => value)
}

/** Returns the first value of a header, or an empty string. */
export const headerValue = (message: SipMessage, name: string): string => headerValues(message, name)[0] ?? ''

export const tagOf = (address: string): string => /;\s*tag=([^;,\s]+)/i.exec(address)?.[1] ?? ''
export const branchOf = (via: string): string => /;\s*branch=([^;,\s]+)/i.exec(via)?.[1] ?? ''
/** Returns the URI inside `<...>`, or the bare URI without header parameters. */
export const uriOf = (address: string): string => /<([^>]*)>/.exec(address)?.[1] ?? address.split(';')[0]!.trim()

/** Writes a message. Adds Content-Length, so that callers leave it out. */
export function writeSip(message: SipMessage): Buffer {
  const start = isRequest(message)
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`
  const lines = [
    start,
    ...message.headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${message.body.length}`,
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), message.body])
}

/** Reads one complete message (a datagram). Throws if it is not a SIP message. */
export function readSip(bytes: Buffer): SipMessage {
  const end = bytes.indexOf('\r\n\r\n')
  const head = bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
  const [start = '', ...rest] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = rest.map((line): Header => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  })
  const body = end < 0 ? emptyBody : bytes.subarray(end + 4)
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(start)
  if (response) return { status: Number(response[1]), reason: response[2]!, headers, body }
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(start)
  if (!request) throw new Error(`not a SIP message: ${start.slice(0, 60)}`)
  return { method: request[1]!, uri: request[2]!, headers, body }
}

/** Splits a TCP stream into messages by Content-Length (RFC 3261 section 18.3); drops CRLF keep-alives. */
export function cutStream(onMessage: (message: SipMessage) => void): (bytes: Buffer) => void {
  let held: Buffer = emptyBody
  return (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    for (;;) {
      while (held[0] === 13 || held[0] === 10) held = held.subarray(1)
      const end = held.indexOf('\r\n\r\n')
      if (end < 0) return
      const lengthText = /^(?:content-length|l)[ \t]*:[ \t]*(\d+)/im.exec(held.toString('latin1', 0, end))?.[1]
      const size = end + 4 + Number(lengthText ?? 0)
      if (held.length < size) return
      onMessage(readSip(held.subarray(0, size)))
      held = held.subarray(size)
    }
  }
}
