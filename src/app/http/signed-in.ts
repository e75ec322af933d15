import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Purpose } from '#description/purposes.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { AuditEntry } from '#safeguards/audit/append.ts'
import { useSession, type Session } from '#safeguards/people/session.ts'
import { signInUnderWay } from '#safeguards/sign-in/own-account.ts'
import type { Access } from './contract/shapes.ts'
import type { Desk } from './desk.ts'
import { refuse } from './refuse.ts'
import type { Routes } from './routes.ts'
import { sessionToken } from './account/session-cookies.ts'

const requesterKind = new WeakMap<FastifyRequest, { personId: string }>()

/** Person identified as the request's origin; empty before a check, or for an unknown person. */
export function personBehind(request: FastifyRequest): { personId: string } | undefined {
  return requesterKind.get(request)
}

/** Records the person identified as the request's origin, for a refusal before its handler runs. */
export function comesFrom(request: FastifyRequest, personId: string): void {
  requesterKind.set(request, { personId })
}

/** The sign-in behind a request, under way or done; nothing is answered where there is none. */
export async function signInBehind(desk: Desk, request: FastifyRequest) {
  const token = sessionToken(request)
  const underWay = token === undefined ? undefined : await signInUnderWay(desk.db, token)
  if (token === undefined || !underWay) return undefined
  requesterKind.set(request, { personId: underWay.personId })
  return { ...underWay, token }
}

/** The session behind a request, where there is one; nothing is answered. */
export async function sessionBehind(desk: Desk, request: FastifyRequest): Promise<Session | undefined> {
  const token = sessionToken(request)
  const session = token ? await useSession(desk.db, token, desk.clock.now()) : undefined
  if (session) requesterKind.set(request, session)
  return session
}

/** As {@link sessionBehind}; without one the request is answered 401. */
export async function signedIn(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
  const session = await sessionBehind(desk, request)
  if (!session) await refuse(reply, 'session.none')
  return session
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Session of the client; only in operations that need one ({@link Access}). */
    readonly session: Session
  }
  interface RouteShorthandOptions {
    access?: Access
  }
}

const sessions = new WeakMap<FastifyRequest, Session>()

/**
 * Refuses requests of the API without a session, except for operations whose contract does not need one. Rate-limits views.
 * Call it after the hooks of every request, and before any route.
 */
export function demandSessions(app: Routes, desk: Desk): void {
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
    // A route for HEAD is made of the one for GET, with its hooks.
    if (own.some((hook) => checks.has(hook))) return
    const check = async (request: FastifyRequest, reply: FastifyReply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      sessions.set(request, session)
      if (route.access === 'view' && !(await turnHasCome(desk, session))) return refuse(reply, 'looks.too-many')
    }
    checks.add(check)
    route.preHandler = [check, ...own]
  })
}

const checks = new WeakSet<object>()

/** Waits for the turn of a view of calls; resolves to false if too many are waiting. */
export async function turnHasCome(desk: Desk, session: Session): Promise<boolean> {
  return (await desk.pace.take(session)) === 'go'
}

/** The Grant for a request's purpose, or its refusal. */
export function granted(
  desk: Desk,
  { session }: FastifyRequest,
  request: { purpose?: Purpose | undefined; reference?: string | undefined; action: AuditEntry['action'] },
) {
  return requestGrant(desk.db, session, request, desk.clock.now())
}
