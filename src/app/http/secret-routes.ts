/**
 * Describes a request for metrics and spans. Preservation orders are secret (L37): reading, entering, renewing and ending one
 * all appear as the same request.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface LoggedRequest {
  /** `other` if the method would reveal the operation. */
  method: string
  /** The route's pattern, never the requested address; `none` without a route. */
  route: string
  status: number
  isSecret: boolean
}

const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const secretArea = '/api/holds'

export function describeRequest(request: FastifyRequest, { statusCode }: FastifyReply): LoggedRequest {
  const route = request.routeOptions.url ?? 'none'
  if (route === secretArea || route.startsWith(`${secretArea}/`)) {
    return { method: 'other', route: secretArea, status: Math.floor(statusCode / 100) * 100, isSecret: true }
  }
  return { method: known.has(request.method) ? request.method : 'other', route, status: statusCode, isSecret: false }
}
