import type { FastifyReply } from 'fastify'
import { signOut } from '#safeguards/people/session.ts'
import { operations } from './contract/operations.ts'
import type { Desk } from './desk.ts'
import { nameDevice } from './name-device.ts'
import { refuse } from './refuse.ts'
import type { Routes } from './routes.ts'
import { clearProviderFlow, providerFlow, setProviderFlow, setSessionToken, signedOut } from './session-cookies.ts'
import { fewAttempts, newSessionToken } from './session-routes.ts'
import { signedIn } from './signed-in.ts'

/**
 * Signing in at the agency's identity provider. Browsers are sent there and come back by themselves; what goes wrong leads
 * them back to the page they came from, which says it.
 */
export function identityProviderRoutes(app: Routes, desk: Desk): void {
  const { identityProvider } = desk.custodian

  app.route({
    ...operations.beginIdentityProvider,
    config: fewAttempts,
    handler: async (request, reply) => {
      if (!desk.ways.identityProvider) return refuse(reply, 'not-found')
      const { returnTo = '/', fresh = false } = request.query
      const begun = await identityProvider.begin({ returnTo, fresh })
      if ('refused' in begun) return back(reply, '/', begun.refused)
      setProviderFlow(request, reply, begun.flow)
      return reply.redirect(begun.url)
    },
  })

  app.route({
    ...operations.finishIdentityProvider,
    config: fewAttempts,
    handler: async (request, reply) => {
      if (!desk.ways.identityProvider) return refuse(reply, 'not-found')
      const newSession = newSessionToken()
      const finished = await identityProvider.finish({
        flow: providerFlow(request) ?? '',
        query: request.url.slice(request.url.indexOf('?') + 1),
        newSession,
        device: nameDevice(request.headers['user-agent']),
      })
      clearProviderFlow(request, reply)
      if ('refused' in finished) return back(reply, '/', finished.refused)
      setSessionToken(request, reply, newSession)
      return back(reply, finished.returnTo)
    },
  })

  app.route({
    ...operations.signOutOfIdentityProvider,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      const answer = desk.ways.identityProvider
        ? await identityProvider.signOutUrl({ session: session.token }).catch(() => ({}))
        : {}
      await signOut(desk.db, session, desk.clock.now())
      signedOut(request, reply)
      return reply.send(answer)
    },
  })
}

function back(reply: FastifyReply, path: string, refused?: string) {
  return reply.redirect(refused === undefined ? path : `${path}#sign-in=${refused}`)
}
