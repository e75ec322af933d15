import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Content-Security-Policy (CSP level 3): no scripts, no frames, nothing from other origins. */
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sends a page that depends on the reader, or that need not be cached. */
export function sendPage(reply: FastifyReply, page: string, status = 200) {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('content-security-policy', pagePolicy)
    .send(page)
}

/**
 * Sends a page that is the same for every visitor: any cache may store it but must revalidate (the next version may have come
 * into force), and it is sent again only if it has changed.
 */
export function sendCacheable(
  request: FastifyRequest,
  reply: FastifyReply,
  given: { type: string; body: string | Buffer },
) {
  const etag = `"${createHash('sha256').update(given.body).digest('base64url').slice(0, 27)}"`
  void reply
    .header('cache-control', 'public, max-age=0, must-revalidate')
    .header('vary', 'cookie')
    .header('etag', etag)
    .header('content-security-policy', pagePolicy)
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.code(200).type(given.type).send(given.body)
}

/** Returns true if a tag of If-None-Match matches by weak comparison (RFC 9110 section 13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
}
