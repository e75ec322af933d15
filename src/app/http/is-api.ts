import type { FastifyRequest } from 'fastify'

/**
 * Returns true for requests of the API and of SCIM. Uses the matched route if there is one, because the router treats `/%61pi/…`
 * and `http://host/api/…` like `/api/…`.
 */
export function isApi(request: FastifyRequest): boolean {
  const path = request.routeOptions.url ?? request.url.replace(/^https?:\/\/[^/]*/i, '')
  return path.startsWith('/api/') || path.startsWith('/scim/')
}
