/**
 * Receives records by HTTP POST with the feed's token, as FreeSWITCH's mod_json_cdr sends them. Answers 200 once the record is on
 * disk; on any other answer the sender keeps the record. Does not interpret records.
 */
import { createServer } from 'node:http'
import type { Endpoint } from '#platform/config/addresses.ts'
import { limitConnections } from '#platform/connections/limit-connections.ts'
import { isSameSecret, listenAt, readBody } from '#platform/connections/small-server.ts'

export interface HttpFeed {
  readonly port: number
  stop(): Promise<void>
}

const maxBodyLength = 4 * 1024 * 1024
const requestMs = 30_000
const connectionsPerSender = 128

/**
 * Listens for records; the token is a Bearer token, or the password of Basic authentication (mod_json_cdr's `cred`).
 * @param put stores a record durably
 */
export async function listenHttp(options: {
  listen: Endpoint
  token: string
  put: (record: unknown) => Promise<void>
  onFault: (error: unknown) => void
  /** Called for a missing or wrong token, with the sender's address. */
  onRefused: (from: string) => void
}): Promise<HttpFeed> {
  const { listen, token, put, onFault, onRefused } = options
  const server = createServer({ requestTimeout: requestMs }, (request, response) => {
    const answer = (status: number, text: string) => {
      response.writeHead(status, {
        'content-type': 'text/plain',
        ...(status === 401 && { 'www-authenticate': 'Basic' }),
      })
      response.end(`${text}\n`)
    }
    if (!isAllowed(request.headers.authorization, token)) {
      onRefused(request.socket.remoteAddress ?? 'nowhere')
      answer(401, 'the token of the feed is required')
      return
    }
    if (request.method !== 'POST') {
      answer(405, 'send records by POST')
      return
    }
    readBody(request, maxBodyLength)
      .then(async (body) => {
        if (body === undefined) {
          answer(413, 'the record exceeds 4 MB')
          return
        }
        await put(recordIn(body, request.headers['content-type'] ?? ''))
        answer(200, 'kept')
      })
      .catch((error: unknown) => {
        onFault(error)
        if (!response.headersSent) answer(503, 'not kept')
      })
  })
  limitConnections(server, { perClient: connectionsPerSender })
  const { port } = await listenAt(server, listen)
  return {
    port,
    // The records under way are answered.
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function isAllowed(authorization: string | undefined, token: string): boolean {
  const [, scheme = '', given = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization ?? '') ?? []
  const credentials =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(given, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : given
  return scheme !== '' && isSameSecret(credentials, token)
}

/**
 * Parses JSON, plain or after `cdr=`, URL-encoded or in Base64. Returns anything else as text; the feed stores it as unreadable.
 */
function recordIn(body: string, contentType: string): unknown {
  const text = body.startsWith('cdr=') ? formValue(body.slice('cdr='.length), contentType) : body
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function formValue(value: string, contentType: string): string {
  if (contentType.includes('base64')) return withoutPadding(Buffer.from(value, 'base64')).toString('utf8')
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Removes the zero bytes with which mod_json_cdr pads Base64. A regular expression for them would take quadratic time. */
function withoutPadding(bytes: Buffer): Buffer {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}
