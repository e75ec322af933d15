import type { FastifyRequest } from 'fastify'
import type { Routes } from '#app/http/routes.ts'
import { visitorOf } from '#platform/connections/visitor.ts'

const rateLimit = { pages: 600, pdfs: 60 }

/**
 * Rate limit of public pages a minute, for one visitor or all readers behind one address; no reader comes near it. PDFs, each
 * of which takes a third of a second to render, have a limit of their own.
 * @returns options for all their routes, which count together: a limit in a route's `config` counts that route alone
 */
export function readingLimit(app: Routes) {
  const limit = app.rateLimit({
    max: (request) => rateLimit[kindOf(request)],
    keyGenerator: (request) => `${visitorOf(request.ip)} ${kindOf(request)}`,
    timeWindow: '1 minute',
  })
  return { onRequest: limit }
}

/** By the router's parameters: one address can be written in several ways. */
function kindOf({ params, routeOptions }: FastifyRequest): keyof typeof rateLimit {
  const { version = routeOptions.url ?? '' } = params as { version?: string }
  return version.endsWith('.pdf') ? 'pdfs' : 'pages'
}
