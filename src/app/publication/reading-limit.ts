import type { FastifyRequest } from 'fastify'
import type { Routes } from '#app/http/routes.ts'
import { clientKeyOf } from '#platform/connections/client-address.ts'

const rateLimit = { pages: 600, pdfs: 60 }

/**
 * Limits requests of public pages per minute and network address. Readers do not reach the limit. PDFs have a separate limit,
 * because each takes a third of a second to render.
 * @returns options for all routes of public pages, so that they count together; a limit in a route's `config` counts that route
 * alone
 */
export function readingLimit(app: Routes) {
  const limit = app.rateLimit({
    max: (request) => rateLimit[kindOf(request)],
    keyGenerator: (request) => `${clientKeyOf(request.ip)} ${kindOf(request)}`,
    timeWindow: '1 minute',
  })
  return { onRequest: limit }
}

/** Decides by the router's parameters, because one path can be written in several ways. */
function kindOf({ params, routeOptions }: FastifyRequest): keyof typeof rateLimit {
  const { version = routeOptions.url ?? '' } = params as { version?: string }
  return version.endsWith('.pdf') ? 'pdfs' : 'pages'
}
