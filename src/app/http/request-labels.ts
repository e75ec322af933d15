/**
 * Labels of a request in metrics and traces. Preservation orders are secret (L37), so reading, entering, renewing and ending one
 * have the same labels.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface LoggedRequest {
  /** Method; `other` if it would reveal the operation. */
  method: string
  /** The route's pattern, never the requested URL; `none` without a route. */
  route: string
  status: number
  isSecret: boolean
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const secretPath = '/api/holds'

export function describeRequest(request: FastifyRequest, { statusCode }: FastifyReply): LoggedRequest {
  const route = request.routeOptions.url ?? 'none'
  if (route === secretPath || route.startsWith(`${secretPath}/`)) {
    return { method: 'other', route: secretPath, status: Math.floor(statusCode / 100) * 100, isSecret: true }
  }
  return {
    method: knownMethods.has(request.method) ? request.method : 'other',
    route,
    status: statusCode,
    isSecret: false,
  }
}
