import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Purpose } from '#description/purposes.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import type { AuditEntry } from '#safeguards/audit/append.ts'
import { useSession, type Session } from '#safeguards/people/session.ts'
import type { Desk } from './desk.ts'
import { refuse, refuseGrant } from './refuse.ts'
import { sessionToken } from './session-cookies.ts'

const sessions = new WeakMap<FastifyRequest, Session>()

/** The session that a request was found to come from; nothing before it was asked for, or where there is none. */
export function sessionBehind(request: FastifyRequest): Session | undefined {
  return sessions.get(request)
}

/** The session behind a request; without one the request is answered 401 and nothing is returned. */
export async function signedIn(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
  const token = sessionToken(request)
  const session = token ? await useSession(desk.db, token, desk.clock.now()) : undefined
  if (session) sessions.set(request, session)
  else await refuse(reply, 'session.none')
  return session
}

/** The session of whoever looks, once their turn has come; a look too many is answered and nothing is returned. */
export async function looking(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
  const session = await signedIn(desk, request, reply)
  if (!session || (await desk.pace.take(session)) === 'go') return session
  await refuse(reply, 'looks.too-many')
  return undefined
}

/** The Grant for a request's purpose; without one the request is answered and nothing is returned. */
export async function granted(
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: { purpose?: Purpose | undefined; reference?: string | undefined; action: AuditEntry['action'] },
): Promise<Grant | undefined> {
  const session = await looking(desk, request, reply)
  if (!session) return undefined
  const grant = await requestGrant(desk.db, session, asked, desk.clock.now())
  if (!('refused' in grant)) return grant
  await refuseGrant(reply, grant)
  return undefined
}
