/** The desk's HTTP server. Access is decided in `src/safeguards` and in the doors, not here. */
import type { IncomingMessage } from 'node:http'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import { readShownProofs } from '#use/evidence/read-proofs.ts'
import { addressList } from '#platform/connections/address-list.ts'
import { limitConnections } from '#platform/connections/limit-connections.ts'
import { clientKeyOf } from '#platform/connections/client-address.ts'
import { throttleLog } from '#platform/log/throttle-log.ts'
import type { Traces } from '#platform/traces/traces.ts'
import { publicationRoutes } from '../publication/publication-routes.ts'
import { scimRoutes } from '../scim/scim-routes.ts'
import { accountRoutes } from './account/account-routes.ts'
import { anonymisedCopyRoutes } from './disclosure/anonymised-copy-routes.ts'
import { compressAnswers } from './compress-answers.ts'
import { callEvents } from './calls/call-events.ts'
import { captureStatisticsRoutes } from './operating/capture-statistics-routes.ts'
import { clockRoutes } from './operating/clock-routes.ts'
import { operations } from './contract/operations.ts'
import { lazyCompile } from './lazy-compile.ts'
import { contactRoutes } from './calls/contact-routes.ts'
import { descriptionRoutes } from './description/description-routes.ts'
import type { Desk } from './desk.ts'
import { directoryChangeRoutes } from './people/directory-change-routes.ts'
import { directoryRoutes } from './people/directory-routes.ts'
import { recordsRoutes } from './operating/records-routes.ts'
import { disclosureLogRoutes } from './disclosure/disclosure-log-routes.ts'
import { evidenceRoutes } from './operating/evidence-routes.ts'
import { holdsRoutes } from './operating/holds-routes.ts'
import { identityProviderRoutes } from './account/identity-provider-routes.ts'
import { ledgerRoutes } from './operating/ledger-routes.ts'
import { letterRoutes } from './requests/letter-routes.ts'
import { affectedByChangeRoutes } from './people/affected-by-change-routes.ts'
import { linkRoutes } from './account/link-routes.ts'
import { listeningRoutes } from './calls/listening-routes.ts'
import { logDenials } from './log-denials.ts'
import { logRoutes } from './operating/log-routes.ts'
import { logTileRoutes } from './operating/log-tile-routes.ts'
import { myCallsRoutes } from './calls/my-calls-routes.ts'
import { measureRequests } from './measure-requests.ts'
import { officeRoutes } from './requests/office-routes.ts'
import { operatorCheck } from './operators.ts'
import { organisationRoutes } from './people/organisation-routes.ts'
import { passkeyRoutes } from './account/passkey-routes.ts'
import { planRoutes } from './description/plan-routes.ts'
import { startRoutes } from './start/start-routes.ts'
import { studyRoutes } from './quality/study-routes.ts'
import { prohibitionRoutes } from './calls/prohibition-routes.ts'
import { authorityRoutes } from './disclosure/authority-routes.ts'
import { referralRoutes } from './disclosure/referral-routes.ts'
import { packageRoutes } from './disclosure/package-routes.ts'
import { recallRoutes } from './disclosure/recall-routes.ts'
import { referenceRoutes } from './api-reference/reference-routes.ts'
import { refusals, refuse } from './refuse.ts'
import { requestActRoutes } from './requests/request-act-routes.ts'
import { retentionRoutes } from './operating/retention-routes.ts'
import { restrictToListeningMode } from './requests/listening-mode.ts'
import { roomRoutes } from './requests/room-routes.ts'
import { requireSessions, requireSession } from './request-session.ts'
import { storageRoutes } from './operating/storage-routes.ts'
import { rightsRoutes } from './people/rights-routes.ts'
import { requestCallRoutes } from './requests/request-call-routes.ts'
import { requestRoutes } from './requests/request-routes.ts'
import { qualityFormRoutes } from './quality/quality-form-routes.ts'
import { qualityRoutes } from './quality/quality-routes.ts'
import { researchRoutes } from './disclosure/research-routes.ts'
import type { Routes } from './routes.ts'
import { sessionRoutes } from './account/session-routes.ts'
import { normaliseProxyHeaders, type ProxyHeader } from './read-forwarded.ts'
import { reconciliationRoutes } from './operating/reconciliation-routes.ts'
import { traceRequests } from './trace-requests.ts'
import { limitConcurrency } from './concurrency-limit.ts'
import { missingParts } from './operating/missing-parts.ts'
import { trainingRoutes } from './quality/training-routes.ts'
import { watchRoutes } from './operating/watch-routes.ts'
import { webFiles } from './web-files.ts'

export interface ServeOptions {
  host: string
  port: number
  webFolder: string
  version: string
  log: FastifyBaseLogger
  /** Addresses or prefixes of TLS proxies on other machines. */
  proxies?: readonly string[]
  /** Header with the client's address; default `x-forwarded-for`. */
  proxyHeader?: ProxyHeader
  /** Addresses or prefixes of machines that may read metrics and details of health checks. */
  metricsSources?: readonly string[]
  /** Timeout for receiving a request, headers and body. */
  requestMs?: number
  /** Concurrent requests per visitor. */
  visitorRequests?: number
  metrics: () => Promise<{ type: string; text: string }>
  /** Registry of request metrics. */
  registry?: Registry
  /** Traces of requests. */
  traces?: Traces
}

const maxBodyBytes = 64 * 1024
/** Long enough for the largest upload, 16 MB. */
const defaultRequestMs = 60_000
const maxCheckMs = 5_000
/** Less than the desk's twenty database connections. */
const defaultVisitorRequests = 12
/** Maximum number of connections from an address that is not a proxy; a browser opens six. */
const maxConnections = 64

const otherHeader =
  'a proxy sends Forwarded without X-Forwarded-For, so all its visitors share one rate limit; set SELOSTE_PROXY_HEADER=forwarded'
const tooManyConnections =
  'closed connections from an address that has too many; add it to SELOSTE_PROXIES if it is a proxy'

const none = ["'none'"]
const hstsSeconds = 365 * 86_400

/** SQLSTATEs for input that is valid JSON but cannot be stored, such as a NUL character, the year 0 or an infinite number. */
const unstorable = new Set(['22021', '22007', '22008', '22003', '22P02', '22P05'])

/**
 * Returns true if the browser reports that another origin made the request: by Fetch Metadata, or in an older browser by Origin
 * (RFC 6454). Cookies are SameSite=Strict; this check also covers requests without cookies.
 */
function isCrossOrigin({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = headers
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)
}

/**
 * Returns true if Node's parser accepts the request but a proxy may interpret it differently (request smuggling): chunked
 * encoding in HTTP/1.0, or two Host headers (RFC 9112 sections 6.1 and 3.2).
 */
function isAmbiguouslyFramed({ httpVersionMinor, headers, rawHeaders }: IncomingMessage): boolean {
  if (httpVersionMinor === 0 && headers['transfer-encoding'] !== undefined) return true
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1
}

function isUnsafeMethod({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

const publicOperations = new Set(
  Object.values<{ access?: string; schema: { operationId: string } }>(operations).flatMap(({ access, schema }) =>
    access === 'anyone' ? [schema.operationId] : [],
  ),
)

/**
 * Returns true for operations that need a session. Reads are included, because they write log entries and use up single
 * downloads. SameSite=Strict is not enough: it sends the cookie with requests from other hosts of the same site.
 */
function requiresSession({ routeOptions }: FastifyRequest): boolean {
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string }
  return operationId !== undefined && !publicOperations.has(operationId)
}

/** SQLSTATE raised if an entry cannot be appended because the audit log is missing (database/functions/audit/append.sql). */
const logBrokenSqlState = 'SL001'

/** Starts the server. Returns the URL it listens at, and a function to stop it. */
export async function serve(desk: Desk, options: ServeOptions): Promise<{ url: string; stop: () => Promise<void> }> {
  const requestTimeout = options.requestMs ?? defaultRequestMs
  const isOperator = operatorCheck(options.metricsSources ?? [], desk.signInConfig.publicUrl)
  const isProxy = addressList(options.proxies ?? [])
  const warnOnce = throttleLog((details, line) => options.log.warn(details, line))
  const app: Routes = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    // Limits the time to receive a request. The time of a response is not limited.
    requestTimeout,
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(requestTimeout, maxCheckMs) },
    // Only proxies on this machine and configured ones are trusted to report the client's address and TLS.
    trustProxy: ['loopback', ...(options.proxies ?? [])],
    // Unknown fields are an error; Fastify would remove them silently.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: false } },
    schemaController: lazyCompile,
  })
  limitConnections(app.server, {
    perClient: maxConnections,
    isExempt: isProxy,
    onRefused: (visitor) => warnOnce({ visitor, most: maxConnections }, tooManyConnections),
  })
  app.decorate('isPublishedOverTls', desk.signInConfig.publicUrl?.startsWith('https:') ?? false)
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: none, baseUri: none, formAction: none, frameAncestors: none },
    },
    strictTransportSecurity: { maxAge: hstsSeconds, includeSubDomains: true },
  })
  await app.register(rateLimit, {
    global: false,
    keyGenerator: ({ ip }) => clientKeyOf(ip),
    errorResponseBuilder: () => ({
      statusCode: 429,
      error: { code: 'session.too-many', message: refusals['session.too-many'][1] },
    }),
  })

  const faulty = new WeakSet<object>()
  app.addHook('onRequest', async (request, reply) => {
    const { socket, headers } = request.raw
    // Ignores further requests on the connection: their bytes may belong to the faulty one, after which the connection is closed.
    if (faulty.has(socket)) return void reply.hijack()
    if (isAmbiguouslyFramed(request.raw)) {
      faulty.add(socket)
      return refuse(reply.header('connection', 'close'), 'input.invalid')
    }
    if (
      isProxy(socket.remoteAddress ?? '') &&
      !normaliseProxyHeaders(headers, options.proxyHeader ?? 'x-forwarded-for')
    )
      warnOnce({ proxy: socket.remoteAddress }, otherHeader)
    // For all responses; static files set their own value.
    reply.header('cache-control', 'no-store')
    if ((isUnsafeMethod(request) || requiresSession(request)) && isCrossOrigin(request))
      return refuse(reply, 'deny.origin')
  })
  compressAnswers(app)
  limitConcurrency(app, options.visitorRequests ?? defaultVisitorRequests, isProxy)

  app.setErrorHandler((error: FastifyError & { error?: unknown }, request, reply) => {
    if (error.validation) {
      const field = error.validation[0]?.instancePath.slice(1).replaceAll('/', '.') ?? ''
      return refuse(reply, 'input.invalid', { message: error.message, ...(field && { field }) })
    }
    if (error.statusCode === 429) return reply.code(429).send({ error: error.error })
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.code(error.statusCode).send({ error: { code: 'input.invalid', message: error.message } })
    }
    if (error.code === logBrokenSqlState) return refuse(reply, 'log.broken')
    if (unstorable.has(error.code)) return refuse(reply, 'input.invalid')
    request.log.error({ err: error }, 'a request failed')
    return refuse(reply, 'unavailable')
  })

  if (options.registry) measureRequests(app, options.registry)
  if (options.traces) traceRequests(app, options.traces, () => desk.clock.now().epochMilliseconds)
  restrictToListeningMode(app, desk)
  const denials = logDenials(app, desk)
  requireSessions(app, desk)

  organisationRoutes(app, desk)
  sessionRoutes(app, desk)
  accountRoutes(app, desk)
  passkeyRoutes(app, desk)
  identityProviderRoutes(app, desk)
  ledgerRoutes(app, desk)
  letterRoutes(app, desk)
  affectedByChangeRoutes(app, desk)
  linkRoutes(app, desk)
  contactRoutes(app, desk)
  listeningRoutes(app, desk)
  callEvents(app, desk)
  directoryRoutes(app, desk)
  directoryChangeRoutes(app, desk)
  rightsRoutes(app, desk)
  descriptionRoutes(app, desk)
  planRoutes(app, desk)
  startRoutes(app, desk)
  studyRoutes(app, desk)
  evidenceRoutes(app, desk)
  watchRoutes(app, desk)
  reconciliationRoutes(app, desk)
  logRoutes(app, desk)
  logTileRoutes(app, desk)
  prohibitionRoutes(app, desk)
  holdsRoutes(app, desk)
  officeRoutes(app, desk)
  roomRoutes(app, desk)
  recallRoutes(app, desk)
  researchRoutes(app, desk)
  qualityFormRoutes(app, desk)
  qualityRoutes(app, desk)
  trainingRoutes(app, desk)
  disclosureLogRoutes(app, desk)
  recordsRoutes(app, desk)
  authorityRoutes(app, desk)
  referralRoutes(app, desk)
  packageRoutes(app, desk)
  requestRoutes(app, desk)
  requestCallRoutes(app, desk)
  clockRoutes(app, desk)
  requestActRoutes(app, desk)
  anonymisedCopyRoutes(app, desk)
  myCallsRoutes(app, desk)
  retentionRoutes(app, desk)
  storageRoutes(app, desk)
  captureStatisticsRoutes(app, desk)
  await scimRoutes(app, desk)
  referenceRoutes(
    app,
    options.version,
    async (request, reply) => isOperator(request) || requireSession(desk, request, reply),
  )
  app.get('/health/live', async (_request, reply) => reply.send({ live: true }))
  app.get('/health/ready', async (request, reply) => {
    const health = await desk.health()
    const { blockers } = health
    const missing = missingParts(health)
    const ready = missing.length === 0 && blockers.length === 0
    // Only operators see the reasons.
    return reply.code(ready ? 200 : 503).send({ ready, ...(isOperator(request) && { missing, blockers }) })
  })
  // For a load balancer: blockers of other roles do not make this desk unusable.
  app.get('/health/serving', async (request, reply) => {
    const { missing } = await desk.health()
    const serving = missing.length === 0
    return reply.code(serving ? 200 : 503).send({ serving, ...(isOperator(request) && { missing }) })
  })
  app.get('/metrics', async (request, reply) => {
    if (!isOperator(request)) return refuse(reply, 'deny.network')
    const { type, text } = await options.metrics()
    return reply.type(type).send(text)
  })
  await publicationRoutes(app, desk, {
    readProofs: async () => readShownProofs(desk.db, desk.clock.now(), await desk.custodian.logKey()),
  })
  await webFiles(app, options.webFolder)

  const url = await app.listen({ host: options.host, port: options.port })
  return {
    url,
    async stop() {
      await app.close()
      await denials.stop()
    },
  }
}
