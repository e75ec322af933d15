import type { Routes } from '../routes.ts'
import { documentApi } from './document-api.ts'
import { referencePage } from './reference-page.ts'

/** The API as OpenAPI and as a page. Both say what the program can do, and nothing of what it holds. */
export function referenceRoutes(app: Routes, version: string): void {
  let made: ReturnType<typeof referencePage> | undefined
  app.get('/api/openapi.json', async (_request, reply) => reply.send(documentApi(version)))
  app.get('/api/reference', async (_request, reply) => {
    made ??= referencePage(documentApi(version))
    return reply.type('text/html; charset=utf-8').header('content-security-policy', made.policy).send(made.page)
  })
}
