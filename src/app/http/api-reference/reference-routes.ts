import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Routes } from '../routes.ts'
import { documentApi } from './document-api.ts'
import { referencePage } from './reference-page.ts'

/**
 * Serves the API reference as OpenAPI and as a page, to operators and signed-in users.
 * @param mayRead returns undefined if the request may not read; it has then sent the refusal itself
 */
export function referenceRoutes(
  app: Routes,
  version: string,
  mayRead: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  let rendered: ReturnType<typeof referencePage> | undefined
  app.get('/api/openapi.json', { access: 'asks-itself' }, async (request, reply) => {
    if (await mayRead(request, reply)) return reply.send(documentApi(version))
  })
  app.get('/api/reference', { access: 'asks-itself' }, async (request, reply) => {
    if (!(await mayRead(request, reply))) return
    rendered ??= referencePage(documentApi(version))
    return reply.type('text/html; charset=utf-8').header('content-security-policy', rendered.policy).send(rendered.page)
  })
}
