/**
 * What metrics and spans say of a request. Preservation orders are secret (L37): all requests about them look alike, whether one was
 * read, entered, renewed or ended.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface LoggedRequest {
  /** `other` where it could tell what was asked for. */
  method: string
  /** The pattern, never an address that somebody asked for; `none` where no route answers. */
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
