/**
 * SCIM 2.0 (RFC 7643, RFC 7644): the agency's identity system maintains the directory, with a bearer token. The directory's
 * rules are in ../../safeguards/people. SCIM grants no access rights: being in the directory gives none (R36).
 */
import type { FastifyError, FastifyReply } from 'fastify'
import type { Desk } from '../http/desk.ts'
import type { Routes } from '../http/routes.ts'
import { resourceTypes, serviceProviderConfig } from './discovery.ts'
import { tokenHolds } from '#safeguards/people/view-with-token.ts'
import { groupRoutes } from './group-routes.ts'
import { listResponse } from './answer-list.ts'
import { bearerOf } from './list-query.ts'
import { ScimError, notFound, tokenRefused } from './scim-error.ts'
import { schemas } from './schemas.ts'
import { userRoutes } from './user-routes.ts'

const mediaType = 'application/scim+json'

export async function scimRoutes(app: Routes, desk: Desk): Promise<void> {
  await app.register(
    (scim: Routes, _options, done) => {
      scim.addContentTypeParser(mediaType, { parseAs: 'string' }, scim.getDefaultJsonParser('error', 'error'))
      scim.addHook('onSend', async (_request, reply) => {
        if (reply.statusCode !== 204 && reply.statusCode !== 304) reply.type(`${mediaType}; charset=utf-8`)
      })
      scim.setErrorHandler((error: FastifyError | ScimError, request, reply) => {
        const known = error instanceof ScimError ? error : toScimError(error)
        if (known.statusCode >= 500) request.log.error({ err: error }, 'a SCIM request failed')
        return answerError(reply, known)
      })
      scim.setNotFoundHandler((_request, reply) => answerError(reply, notFound()))
      discoveryRoutes(scim)
      void scim.register((routes: Routes, _none, ready) => {
        // Before the body is read, so that an unauthorised client gets no other error.
        routes.addHook('onRequest', async (request) => {
          if (!(await tokenHolds(desk.db, bearerOf(request)))) throw tokenRefused()
        })
        userRoutes(routes, desk)
        groupRoutes(routes, desk)
        ready()
      })
      done()
    },
    { prefix: '/scim/v2' },
  )
}

/**
 * Serves the discovery endpoints. They need no token, because their answers are the same for all installations (RFC 7643
 * section 5).
 */
function discoveryRoutes(scim: Routes): void {
  scim.get('/ServiceProviderConfig', () => serviceProviderConfig)
  refuseWrites(scim, '/ServiceProviderConfig')
  for (const [path, all] of [
    ['/ResourceTypes', resourceTypes],
    ['/Schemas', schemas],
  ] as const) {
    scim.get<{ Querystring: { filter?: string } }>(path, ({ query }) => {
      if (query.filter !== undefined) throw new ScimError(403, 'Discovery endpoints cannot be filtered.')
      return listResponse(all, all.length, {})
    })
    scim.get<{ Params: { id: string } }>(`${path}/:id`, ({ params }) => {
      const found = all.find(({ id }) => id.toLowerCase() === params.id.toLowerCase())
      if (!found) throw notFound()
      return found
    })
    refuseWrites(scim, path)
    refuseWrites(scim, `${path}/:id`)
  }
}

function refuseWrites(scim: Routes, url: string): void {
  scim.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url,
    handler: (_request, reply) =>
      answerError(reply.header('allow', 'GET'), new ScimError(405, 'This resource is read-only.')),
  })
}

function toScimError(error: FastifyError): ScimError {
  if (error.statusCode === 400) return new ScimError(400, error.message, 'invalidSyntax')
  if (error.statusCode !== undefined && error.statusCode < 500) return new ScimError(error.statusCode, error.message)
  return new ScimError(503, 'A part of the service does not answer; try again in a moment.')
}

function answerError(reply: FastifyReply, error: ScimError) {
  if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="Seloste SCIM"')
  return reply.code(error.statusCode).send(error.body())
}
