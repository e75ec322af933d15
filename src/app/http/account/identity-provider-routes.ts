import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken } from '#platform/links/link-token.ts'
import { signOut, useSession, type Session } from '#safeguards/people/session.ts'
import { registerOperations } from '../answer.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { nameDevice } from './name-device.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import {
  clearProviderFlow,
  providerFlow,
  sessionToken,
  setProviderFlow,
  setSessionToken,
  clearSession,
} from './session-cookies.ts'

/** Routes for sign-in at the agency's identity provider by redirects. A failure redirects to the first page, which shows it. */
export function identityProviderRoutes(app: Routes, desk: Desk): void {
  const { identityProvider } = desk.custodian

  app.route({
    ...operations.beginIdentityProvider,
    handler: async (request, reply) => {
      if (!desk.signInConfig.identityProvider) return refuse(reply, 'not-found')
      const { returnTo = '/', fresh = false } = request.query
      return begin(request, reply, { returnTo, fresh, previousSession: sessionToken(request) })
    },
  })

  app.route({
    ...operations.finishIdentityProvider,
    handler: async (request, reply) => {
      if (!desk.signInConfig.identityProvider) return refuse(reply, 'not-found')
      const newSession = newToken()
      const finished = await identityProvider.finish({
        flow: providerFlow(request) ?? '',
        query: request.url.slice(request.url.indexOf('?') + 1),
        newSession,
        device: nameDevice(request.headers['user-agent']),
      })
      if ('again' in finished) return begin(request, reply, { ...finished.again, fresh: true })
      clearProviderFlow(request, reply)
      if ('refused' in finished) return redirectBack(reply, '/', finished.refused)
      await endPreviousSession(finished.previousSession)
      setSessionToken(request, reply, newSession)
      return redirectBack(reply, finished.returnTo)
    },
  })

  registerOperations(app, {
    signOutOfIdentityProvider: async (request, reply) => {
      const { session } = request
      const url = await signOutUrl(desk, session)
      await signOut(desk.db, session, desk.clock.now())
      clearSession(request, reply)
      return url
    },
  })

  async function begin(
    request: FastifyRequest,
    reply: FastifyReply,
    requested: { returnTo: string; fresh: boolean; previousSession?: string | undefined },
  ) {
    const begun = await identityProvider.begin(requested)
    if ('refused' in begun) return redirectBack(reply, '/', begun.refused)
    setProviderFlow(request, reply, begun.flow)
    return reply.redirect(begun.url)
  }

  /** Ends the browser's previous session. */
  async function endPreviousSession(token: string | undefined): Promise<void> {
    const now = desk.clock.now()
    const session = token === undefined ? undefined : await useSession(desk.db, token, now)
    if (session) await signOut(desk.db, session, now)
  }
}

function redirectBack(reply: FastifyReply, path: string, refused?: string) {
  return reply.redirect(refused === undefined ? path : `${path}#sign-in=${refused}`)
}

/** Returns the provider's URL for signing out there as well; no URL without a provider, or if the custodian does not answer. */
export async function signOutUrl({ signInConfig, custodian }: Desk, { token }: Session): Promise<{ url?: string }> {
  return signInConfig.identityProvider
    ? custodian.identityProvider.signOutUrl({ session: token }).catch(() => ({}))
    : {}
}
