import { Counter, Histogram, type Registry } from 'prom-client'
import type { Routes } from './routes.ts'
import { describeRequest } from './request-labels.ts'

/** Histogram buckets from 10 ms to longer than the longest wait of a rate-limited view. */
const bucketsSeconds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]

/**
 * Counts and times requests by route pattern (`/api/contacts/:id`), never by URL, which could contain anything. The label is
 * `none` for requests without a route.
 */
export function measureRequests(app: Routes, registry: Registry): void {
  const requests = new Counter({
    name: 'seloste_http_requests_total',
    help: 'HTTP requests answered by the web and the API, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'seloste_http_request_duration_seconds',
    help: 'Time from request to end of response, by route; streams count until they close',
    labelNames: ['method', 'route'],
    buckets: bucketsSeconds,
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, route, status } = describeRequest(request, reply)
    requests.inc({ method, route, status: String(status) })
    duration.observe({ method, route }, reply.elapsedTime / 1000)
  })
}
