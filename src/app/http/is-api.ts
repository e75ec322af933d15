import type { FastifyRequest } from 'fastify'

/**
 * Returns true for requests of the API and of SCIM, however their address is written: the router treats `/%61pi/…` and
 * `http://host/api/…` like `/api/…`, so the route decides if there is one.
 */
export function isApi(request: FastifyRequest): boolean {
  const path = request.routeOptions.url ?? request.url.replace(/^https?:\/\/[^/]*/i, '')
  return path.startsWith('/api/') || path.startsWith('/scim/')
}
