import type { FastifyRequest } from 'fastify'
import type { Routes } from '#app/http/routes.ts'
import { visitorOf } from '#platform/connections/visitor.ts'

const most = { pages: 600, pdfs: 60 }

/**
 * Pages that anybody reads: so many a minute from one visitor, or from all readers behind one address. No reader comes near it.
 * PDFs, each of which takes a third of a second to make, are counted for themselves.
 * @returns options of all their routes, which count together: a limit in a route's `config` counts that route alone
 */
export function readingLimit(app: Routes) {
  const limit = app.rateLimit({
    max: (request) => most[kindOf(request)],
    keyGenerator: (request) => `${visitorOf(request.ip)} ${kindOf(request)}`,
    timeWindow: '1 minute',
  })
  return { onRequest: limit }
}

/** By what the router read: addresses are written in more ways than one. */
function kindOf({ params, routeOptions }: FastifyRequest): keyof typeof most {
  const { version = routeOptions.url ?? '' } = params as { version?: string }
  return version.endsWith('.pdf') ? 'pdfs' : 'pages'
}
