import { covers, needsReference, purposes } from '#description/purposes.ts'
import { rightsOf, type Right } from '#safeguards/access/grant.ts'
import { describePerson } from '#safeguards/people/people.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { signIn, signOut, type Session } from '#safeguards/people/session.ts'
import { operations } from './contract/operations.ts'
import type { Desk } from './desk.ts'
import { countFailedAttempts } from './failed-attempts.ts'
import { refuse } from './refuse.ts'
import type { Routes } from './routes.ts'
import { cookieName, signedIn } from './signed-in.ts'

const attemptsPerMinute = 60
const waitForAttempts = 'Too many failed attempts with this user id; wait a quarter of an hour and try again.'

/** Signing in, who am I, signing out. */
export function sessionRoutes(app: Routes, desk: Desk): void {
  const attempts = countFailedAttempts()
  app.route({
    ...operations.signIn,
    config: { rateLimit: { max: attemptsPerMinute, timeWindow: '1 minute' } },
    handler: async (request, reply) => {
      const now = desk.clock.now()
      const { userId } = request.body
      if (attempts.tooMany(userId, now)) return refuse(reply, 'session.too-many', { message: waitForAttempts })
      // Counted before it is known, so that many at once are counted too.
      attempts.failed(userId, now)
      const session = await signIn(desk.db, request.body, now)
      if (session === 'refused') return refuse(reply, 'session.credentials')
      attempts.succeeded(userId)
      reply.setCookie(cookieName, session.token, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
      })
      return reply.send(await me(desk, session))
    },
  })

  app.route({
    ...operations.whoAmI,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      return session ? reply.send(await me(desk, session)) : reply
    },
  })

  app.route({
    ...operations.signOut,
    handler: async (request, reply) => {
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      await signOut(desk.db, session, desk.clock.now())
      return reply.clearCookie(cookieName, { path: '/' }).code(204).send(null)
    },
  })
}

async function me(desk: Desk, session: Session) {
  const [person, units, rights] = await Promise.all([
    describePerson(desk.db, session.personId, desk.clock.now()),
    unitNames(desk.db),
    rightsOf(desk.db, session.personId, desk.clock.now()),
  ])
  return {
    personId: session.personId,
    userId: person.userId,
    name: person.name,
    ...(person.unit && { unit: person.unit }),
    rights: rights.map((right) => viewRight(right, units)),
    sessionEndsAt: session.expiresAt.toString(),
  }
}

function viewRight(right: Right, units: Map<string, string>) {
  return {
    id: right.id,
    role: right.role,
    ...(right.duty && { duty: right.duty }),
    purposes: purposes
      .filter((purpose) => right.purposes.some((held) => covers(held, purpose)))
      .map((purpose) => ({ purpose, referenceNeeded: needsReference(purpose, right.role) })),
    scope: {
      kind: right.scope.kind,
      ...(right.scope.kind === 'unit' && { units: right.scope.units.map((id) => units.get(id) ?? id) }),
      ...(right.scope.kind === 'numbers' && { numbers: right.scope.numbers }),
    },
    ...(right.until && { until: right.until.toString() }),
  }
}
