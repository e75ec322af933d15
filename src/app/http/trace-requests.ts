import type { Traces } from '#platform/traces/traces.ts'
import type { Routes } from './routes.ts'
import { describeRequest } from './request-labels.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Records a span for each request. The span has the route's pattern as its name, and the object's id if the route has one. It
 * never contains addresses, queries, bodies or persons.
 */
export function traceRequests(app: Routes, traces: Traces, nowMs: () => number): void {
  if (!traces.on) return
  app.addHook('onResponse', async (request, reply) => {
    const { method, route, status, isSecret } = describeRequest(request, reply)
    const { id } = (request.params ?? {}) as { id?: unknown }
    const endedMs = nowMs()
    traces.record({
      ...{ name: `${method} ${route}`, kind: 'server', endedMs, startedMs: endedMs - reply.elapsedTime },
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'seloste.object.id': !isSecret && typeof id === 'string' && uuid.test(id) ? id : undefined,
      },
      failed: reply.statusCode >= 500,
    })
  })
}
