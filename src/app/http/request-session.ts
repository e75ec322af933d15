import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Purpose } from '#description/purposes.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { AuditEntry } from '#safeguards/audit/append.ts'
import { useSession, type Session } from '#safeguards/people/session.ts'
import { readSignInState } from '#safeguards/sign-in/own-account.ts'
import type { Access } from './contract/shapes.ts'
import type { Desk } from './desk.ts'
import { refuse } from './refuse.ts'
import type { Routes } from './routes.ts'
import { sessionToken } from './account/session-cookies.ts'

const requesters = new WeakMap<FastifyRequest, { personId: string }>()

/** Returns the person who made the request, as known from their session; undefined before a check, or without a session. */
export function requesterOf(request: FastifyRequest): { personId: string } | undefined {
  return requesters.get(request)
}

/** Records the person who made the request, so that a refusal before the handler is logged with their id. */
export function setRequester(request: FastifyRequest, personId: string): void {
  requesters.set(request, { personId })
}

/** Returns the request's sign-in, in progress or complete; undefined if there is none. Sends no response. */
export async function findSignIn(desk: Desk, request: FastifyRequest) {
  const token = sessionToken(request)
  const state = token === undefined ? undefined : await readSignInState(desk.db, token)
  if (token === undefined || !state) return undefined
  requesters.set(request, { personId: state.personId })
  return { ...state, token }
}

/** Returns the request's session; undefined if there is none. Sends no response. */
export async function findSession(desk: Desk, request: FastifyRequest): Promise<Session | undefined> {
  const token = sessionToken(request)
  const session = token ? await useSession(desk.db, token, desk.clock.now()) : undefined
  if (session) requesters.set(request, session)
  return session
}

/** Returns the request's session; without one, answers 401 and returns undefined. */
export async function requireSession(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Session | undefined> {
  const session = await findSession(desk, request)
  if (!session) await refuse(reply, 'session.none')
  return session
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's session. Throws in operations that need none ({@link Access}). */
    readonly session: Session
  }
  interface RouteShorthandOptions {
    access?: Access
  }
}

const sessions = new WeakMap<FastifyRequest, Session>()

/**
 * Refuses API requests without a session, except for operations that need none by their contract. Rate-limits views.
 * Call it after adding the hooks of all requests, and before adding any route.
 */
export function requireSessions(app: Routes, desk: Desk): void {
  app.decorateRequest('session', {
    getter(this: FastifyRequest) {
      const session = sessions.get(this)
      if (!session) throw new Error(`${this.method} ${this.routeOptions.url} needs no session and has none`)
      return session
    },
  })
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.access === 'anyone' || route.access === 'asks-itself') return
    const own = [route.preHandler ?? []].flat()
    // Fastify creates the HEAD route from the GET route, and copies its hooks.
    if (own.some((hook) => checks.has(hook))) return
    const check = async (request: FastifyRequest, reply: FastifyReply) => {
      const session = await requireSession(desk, request, reply)
      if (!session) return reply
      sessions.set(request, session)
      if (route.access === 'view' && !(await waitForReadRateLimit(desk, session)))
        return refuse(reply, 'looks.too-many')
    }
    checks.add(check)
    route.preHandler = [check, ...own]
  })
}

const checks = new WeakSet<object>()

/** Applies the rate limit to a view of calls. Resolves to false if too many views wait. */
export async function waitForReadRateLimit(desk: Desk, session: Session): Promise<boolean> {
  return (await desk.readRateLimit.take(session)) === 'go'
}

/** Returns the Grant for a request's purpose, or its refusal. */
export function grantForRequest(
  desk: Desk,
  { session }: FastifyRequest,
  request: { purpose?: Purpose | undefined; reference?: string | undefined; action: AuditEntry['action'] },
) {
  return requestGrant(desk.db, session, request, desk.clock.now())
}
