import type { Answer, Source } from './handler.ts'
import { firstHeader, type Header, type HeaderEncoding } from './message.ts'
import { parseNameAddr, tagOf } from './name-addr.ts'
import { reasonOf } from './reasons.ts'
import { splitValues } from './split-values.ts'
import { parseVia, writeVia, type Via } from './via.ts'
import { writeResponse } from './write-message.ts'

/** The request to answer, or, if it is malformed, the headers that could be read. */
export interface Answerable {
  headers: readonly Header[]
  encoding: HeaderEncoding
}

const echoed = ['via', 'from', 'to', 'call-id', 'cseq']

/**
 * Returns the bytes of a response (RFC 3261 8.2.6): Via, From, To, Call-ID and CSeq as received, To with our tag if it had
 * none, and Record-Route if `dialogForming` (12.1.1). `defaults` apply unless the answer has that header.
 */
export function makeResponse(
  request: Answerable,
  status: number,
  toTag: string,
  answer: Answer = {},
  defaults: readonly Header[] = [],
  dialogForming = false,
): Buffer {
  const headers: Header[] = []
  const seen = new Set<string>()
  for (const { name, value } of request.headers) {
    if (echoed.includes(name)) {
      // Only Via may occur several times. If a malformed request repeats another header, the first one is used.
      if (name !== 'via' && seen.has(name)) continue
      seen.add(name)
      headers.push({ name, value: name === 'to' && status > 100 ? tagged(value, toTag) : value })
    } else if (dialogForming && name === 'record-route') headers.push({ name, value })
    else if (status === 100 && name === 'timestamp') headers.push({ name, value })
  }
  const own = toHeaders(answer.headers)
  if (answer.contentType !== undefined) own.push({ name: 'content-type', value: answer.contentType })
  for (const header of defaults) if (firstHeader({ headers: own }, header.name) === undefined) headers.push(header)
  headers.push(...own)
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  return writeResponse(status, answer.reason ?? reasonOf(status), { headers, body, encoding: request.encoding })
}

/** Converts an object such as `{ 'Retry-After': '5' }` to header lines. */
export function toHeaders(given: Record<string, string | string[]> = {}): Header[] {
  return Object.entries(given).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({ name: name.toLowerCase(), value: one })),
  )
}

/**
 * Writes the message's real source into the topmost Via (RFC 3261 18.2.1, RFC 3581 4), replacing values from the sender, and
 * returns the Via. Returns undefined if there is no valid Via; then no answer is possible.
 */
export function stampVia(headers: Header[], source: Source): Via | undefined {
  const line = headers.find((header) => header.name === 'via')
  if (line === undefined) return undefined
  const [top = '', ...rest] = splitValues(line.value)
  const via = parseVia(top)
  if (via === undefined) return undefined
  const requestsPort = via.parameters.has('rport')
  via.parameters.delete('received')
  if (requestsPort) via.parameters.set('rport', String(source.port))
  if (requestsPort || via.sentBy.host.toLowerCase() !== source.address) via.parameters.set('received', source.address)
  line.value = [writeVia(via), ...rest].join(', ')
  return via
}

/**
 * Returns the target of the response (18.2.2): the source address, over UDP with rport the source port, or else the port in
 * sent-by. `maddr` is ignored: it would let anyone direct our answers to any host.
 */
export function responseTarget(via: Via, source: Source): { address: string; port: number } {
  const usual = source.transport === 'tls' ? 5061 : 5060
  const port = source.transport === 'udp' && via.parameters.has('rport') ? source.port : (via.sentBy.port ?? usual)
  return { address: source.address, port }
}

function tagged(to: string, tag: string): string {
  const address = parseNameAddr(to)
  return address === undefined || tagOf(address) !== undefined ? to : `${to};tag=${tag}`
}
