import type { FastifyRequest } from 'fastify'

/**
 * True for requests of the API and of SCIM, however their address is written: the router reads `/%61pi/…` and
 * `http://host/api/…` as it reads `/api/…`, so the route decides where there is one.
 */
export function isApi(request: FastifyRequest): boolean {
  const path = request.routeOptions.url ?? request.url.replace(/^https?:\/\/[^/]*/i, '')
  return path.startsWith('/api/') || path.startsWith('/scim/')
}
