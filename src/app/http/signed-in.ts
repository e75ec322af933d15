import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Purpose } from '#description/purposes.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import type { AuditEntry } from '#safeguards/audit/append.ts'
import { useSession, type Session } from '#safeguards/people/session.ts'
import { signInUnderWay } from '#safeguards/sign-in/own-account.ts'
import type { Desk } from './desk.ts'
import { refuse, refuseGrant } from './refuse.ts'
import { sessionToken } from './session-cookies.ts'

const whoAsks = new WeakMap<FastifyRequest, { personId: string }>()

/** Whom a request was found to come from; nothing before that was asked for, or where it comes from nobody. */
export function personBehind(request: FastifyRequest): { personId: string } | undefined {
  return whoAsks.get(request)
}

/** Notes whom a request was found to come from, for whoever refuses it before its handler asks. */
export function comesFrom(request: FastifyRequest, personId: string): void {
  whoAsks.set(request, { personId })
}

/** The sign-in behind a request, under way or done; nothing is answered where there is none. */
export async function signInBehind(desk: Desk, request: FastifyRequest) {
  const token = sessionToken(request)
  const underWay = token === undefined ? undefined : await signInUnderWay(desk.db, token)
  if (token === undefined || !underWay) return undefined
  whoAsks.set(request, { personId: underWay.personId })
  return { ...underWay, token }
}

/** The session behind a request; without one the request is answered 401 and nothing is returned. */
export async function signedIn(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> {
  const token = sessionToken(request)
  const session = token ? await useSession(desk.db, token, desk.clock.now()) : undefined
  if (session) whoAsks.set(request, session)
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
