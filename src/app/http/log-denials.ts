import type { FastifyReply, FastifyRequest } from 'fastify'
import { clientKeyOf } from '#platform/connections/client-address.ts'
import { appendAudit, observeRefusals, type AuditEntry } from '#safeguards/audit/append.ts'
import type { Desk } from './desk.ts'
import { isApi } from './is-api.ts'
import { codeOf } from './refuse.ts'
import type { Routes } from './routes.ts'
import { requesterOf } from './request-session.ts'

/** Statuses of denials: not signed in, not allowed, not visible, too many. */
const denialStatuses = new Set([401, 403, 404, 429])
/** Maximum number of entries per visitor and minute; further denials are counted in one entry. */
const maxLoggedSingly = 60
const minuteMs = 60_000
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

type ObjectKind = NonNullable<AuditEntry['object']>['kind']
const kinds: Readonly<Record<string, ObjectKind>> = {
  contacts: 'contact',
  recordings: 'recording',
  listenings: 'listening',
  people: 'person',
  drafts: 'draft',
  rights: 'right',
  sessions: 'session',
  alarms: 'alarm',
  log: 'log',
  holds: 'hold',
  recalls: 'recall',
  offices: 'office',
  appointments: 'appointment',
  requests: 'request',
  copies: 'copy',
  corrections: 'correction',
  institutes: 'institute',
  'research-disclosures': 'disclosure',
  'authority-disclosures': 'disclosure',
  'anonymised-copies': 'anonymised-copy',
  packages: 'package',
}

/**
 * Logs every denial of the API (R21, R41), also for paths without a route, so that no route needs to do it. The entry is durable
 * before the denial is sent; if the entry cannot be written, the answer is 503.
 * @returns a function that stops and writes the pending counts
 */
export function logDenials(app: Routes, desk: Desk): { stop: () => Promise<void> } {
  /** Denials of each visitor in this minute: logged singly, and only counted. */
  const minutes = new Map<string, { singly: number; more: number }>()
  const loggedByHandler = new WeakMap<FastifyRequest, { refusal: boolean }>()
  const timer = setInterval(() => {
    logUnloggedCounts().catch((error: unknown) => {
      app.log.error({ err: error }, 'cannot count denials in the audit log')
    })
  }, minuteMs)

  // Handlers may have logged the refusal in more detail; this detects that. In preHandler, not onRequest: the handler must run inside this
  // AsyncLocalStorage context.
  app.addHook('preHandler', (request, _reply, done) => {
    const logged = { refusal: false }
    loggedByHandler.set(request, logged)
    observeRefusals(logged, done)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    if (isApi(request) && denialStatuses.has(reply.statusCode) && !loggedByHandler.get(request)?.refusal)
      await log(request, reply)
    return payload
  })

  async function log(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const person = requesterOf(request)
    // Only denials of visitors who are not signed in are counted: there can be any number of them.
    if (!person) {
      const visitor = clientKeyOf(request.ip)
      const minute = minutes.get(visitor) ?? { singly: 0, more: 0 }
      minutes.set(visitor, minute)
      if (minute.singly >= maxLoggedSingly) {
        minute.more += 1
        return
      }
      minute.singly += 1
    }
    const schema = request.routeOptions.schema as { operationId?: string } | undefined
    await appendAudit(desk.db, {
      action: 'request.refused',
      result: `refused:${codeOf(reply) ?? `http-${reply.statusCode}`}`,
      personId: person?.personId,
      ...objectOf(request),
      detail: { method: request.method, operation: schema?.operationId ?? 'none' },
    })
  }

  async function logUnloggedCounts(): Promise<void> {
    const counted = [...minutes.values()].reduce((sum, { more }) => sum + more, 0)
    const addresses = [...minutes.values()].filter(({ more }) => more > 0).length
    minutes.clear()
    if (counted === 0) return
    await appendAudit(desk.db, {
      action: 'request.refused',
      result: 'refused:session.none',
      detail: { operation: 'many', times: counted, addresses },
    })
  }

  return {
    async stop() {
      clearInterval(timer)
      await logUnloggedCounts()
    },
  }
}

/** Returns the object of the request if the route has its id. Nothing else of the request is logged. */
function objectOf(request: FastifyRequest): Pick<AuditEntry, 'object'> {
  const [, , collection = ''] = (request.routeOptions.url ?? '').split('/')
  const { id } = (request.params ?? {}) as { id?: unknown }
  const kind = kinds[collection]
  return kind && typeof id === 'string' && uuid.test(id) ? { object: { kind, id } } : {}
}
