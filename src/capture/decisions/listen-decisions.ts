/**
 * HTTP endpoint for phone systems (docs/operate/decisions.md): `POST /decisions` with a token, or over TLS with a client
 * certificate of a configured authority. Requests are never logged.
 */
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import type { Endpoint } from '#platform/config/addresses.ts'
import { limitConnections } from '#platform/connections/limit-connections.ts'
import { closeServer, isSameSecret, listenAt, readBody } from '#platform/connections/small-server.ts'
import type { DecisionResponse, DecisionRequest } from './predict-decision.ts'
import { readDecisionRequest } from './read-decision-request.ts'

export interface DecisionsOptions {
  listen: Endpoint
  /** Bearer token. Without it, clients need a certificate. */
  token: string | undefined
  /** TLS key material. Without it the endpoint is plain HTTP, and the token is required. */
  certificate?: {
    inUse: SecureContextOptions | undefined
    onChange: (apply: (certificate: SecureContextOptions) => void) => void
  }
  answer: (question: DecisionRequest) => DecisionResponse | { wrong: string }
  /** Called with the outcome of each request to `/decisions` whose body was read, and of each without the token (`denied`). */
  onAnswered: (outcome: DecisionResponse['outcome'] | 'wrong' | 'denied') => void
  /** Called for a connection above the limit for its client (an IPv4 address, an IPv6 /64) or for all clients. */
  onConnectionRefused: (client: string) => void
  onFault: (error: unknown) => void
}

const maxBodyLength = 8 * 1024
const requestMs = 5_000
const connections = 2048
/** A client needs one connection for each request that it makes at the same time. */
const connectionsPerClient = 64
/** Interval at which connections whose request is late are closed. */
const checkMs = 1_000
const minVersion = 'TLSv1.2'

/** Starts listening. Returns the port and a function that stops it. */
export async function listenDecisions(
  options: DecisionsOptions,
): Promise<{ readonly port: number; stop: () => Promise<void> }> {
  const { listen } = options
  const server = serverFor(options, (request, response) => void serve(options, request, response))
  server.maxConnections = connections
  limitConnections(server, { perClient: connectionsPerClient, onRefused: options.onConnectionRefused })
  server.on('drop', (dropped) => options.onConnectionRefused(dropped?.remoteAddress ?? 'unknown'))
  server.requestTimeout = requestMs
  const { port } = await listenAt(server, listen)
  return { port, stop: () => closeServer(server) }
}

function serverFor({ token, certificate }: DecisionsOptions, onRequest: Parameters<typeof createPlain>[1]): Server {
  const timing = { connectionsCheckingInterval: checkMs }
  if (!certificate) return createPlain(timing, onRequest)
  const mustShowCertificate = token === undefined
  const server = createTls(
    {
      ...certificate.inUse,
      ...timing,
      handshakeTimeout: requestMs,
      minVersion,
      requestCert: mustShowCertificate,
      rejectUnauthorized: mustShowCertificate,
    },
    onRequest,
  )
  certificate.onChange((changed) => server.setSecureContext({ ...changed, minVersion }))
  return server
}

async function serve(options: DecisionsOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { token, onAnswered, onFault } = options
  const respond = (status: number, body: object, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
    response.end(`${JSON.stringify(body)}\n`)
  }
  const refuse = (status: number, code: string, message: string, headers?: Record<string, string>) =>
    respond(status, { error: { code, message } }, headers)
  try {
    if (token !== undefined && !isAllowed(request.headers.authorization, token)) {
      onAnswered('denied')
      return refuse(401, 'token.wrong', 'The token of SELOSTE_DECISIONS_TOKEN is required.', {
        'www-authenticate': 'Bearer',
      })
    }
    if (request.url !== '/decisions') return refuse(404, 'not-found', 'Send requests to /decisions.')
    if (request.method !== 'POST') {
      return refuse(405, 'method.wrong', 'Use POST.', { allow: 'POST' })
    }
    const body = await readBody(request, maxBodyLength)
    if (body === undefined) return refuse(413, 'body.too-long', `The request body exceeds ${maxBodyLength} bytes.`)
    const question = readDecisionRequest(body, request.headers['content-type'] ?? '')
    const answer = 'wrong' in question ? question : options.answer(question)
    if ('wrong' in answer) {
      onAnswered('wrong')
      return refuse(400, 'question.wrong', `${answer.wrong}.`)
    }
    onAnswered(answer.outcome)
    // Plain text, for dialplans that cannot read JSON.
    if (request.headers.accept === 'text/plain') {
      response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
      response.end(answer.announce ? 'announce\n' : 'silent\n')
      return
    }
    respond(200, answer)
  } catch (error) {
    onFault(error)
    // The phone system plays the announcement if it gets no answer: an unnecessary announcement is better than a missing one.
    if (!response.headersSent) refuse(503, 'unavailable', 'No decision is available now; play the announcement.')
  }
}

function isAllowed(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]
  return given !== undefined && isSameSecret(given, token)
}
