import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { covers, needsReference, purposes } from '#description/purposes.ts'
import { rightsOf, type Right } from '#safeguards/access/grant.ts'
import { describePerson } from '#safeguards/people/people.ts'
import { signOut, useSession, type Session } from '#safeguards/people/session.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { confinementOf } from '#use/requests/offices/room.ts'
import { networkOf } from '#safeguards/sign-in/network.ts'
import type { FactorRefusal, GivenFactor } from '#safeguards/sign-in/second-factor.ts'
import { newDeviceToken, rememberDevice, signIn, type SignInUnderWay } from '#safeguards/sign-in/sign-in.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { nameDevice } from './name-device.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { deviceToken, sessionToken, setDeviceToken, setSessionToken, signedOut } from './session-cookies.ts'
import { signedIn, signInBehind } from '../signed-in.ts'

/** From one address, whoever is meant: against many accounts being tried with one password. */
const attemptsPerMinute = 60
export const fewAttempts = { rateLimit: { max: attemptsPerMinute, timeWindow: '1 minute' } }

/** Signing in, who am I, signing out. */
export function sessionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.signIn,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { userId, password, otp } = request.body
      const from = {
        network: networkOf(request.ip),
        knownDevice: deviceToken(request),
        device: nameDevice(request.headers['user-agent']),
      }
      const begun = await signIn(desk.db, { userId, password, from }, desk.clock.now())
      if (begun === 'refused') return refuse(reply, 'session.credentials')
      if ('refused' in begun) {
        return refuse(reply, begun.refused, begun.seconds === undefined ? {} : { waitSeconds: begun.seconds })
      }
      if (!('awaits' in begun)) return answerSignedIn(desk, request, reply, begun)
      if (begun.awaits === 'enrolment' || otp === undefined) {
        setSessionToken(request, reply, begun.token)
        return refuseAwaiting(reply, begun)
      }
      return finish(request, reply, begun.token, { otp })
    },
  })

  app.route({
    ...operations.giveSecondFactor,
    config: fewAttempts,
    handler: async (request, reply) => {
      const token = sessionToken(request)
      const { otp, recoveryCode } = request.body
      if ((otp === undefined) === (recoveryCode === undefined)) {
        return refuse(reply, 'input.invalid', { message: 'Give one of the two: otp or recoveryCode.', field: 'otp' })
      }
      if (token === undefined) return refuse(reply, 'session.none')
      return finish(request, reply, token, request.body)
    },
  })

  app.route({
    ...operations.whoAmI,
    handler: async (request, reply) => {
      const underWay = await signInBehind(desk, request)
      if (underWay && underWay.awaits !== 'nothing') {
        return refuseAwaiting(reply, { awaits: underWay.awaits, factors: underWay.factors })
      }
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      // A browser that comes back from the identity provider brings no cookie of ours before this (SameSite=Strict).
      if (underWay?.method === 'oidc') await rememberBrowser(desk, request, reply, session)
      return reply.send(await viewMe(desk, session))
    },
  })

  app.route({
    ...operations.signOut,
    handler: async (request, reply) => {
      // A session, or a sign-in under way that is given up.
      const left = await signInBehind(desk, request)
      if (!left) return refuse(reply, 'session.none')
      await signOut(desk.db, left, desk.clock.now())
      signedOut(request, reply)
      return reply.code(204).send(null)
    },
  })

  async function finish(request: FastifyRequest, reply: FastifyReply, token: string, given: GivenFactor) {
    const newSession = newSessionToken()
    const done = await desk.custodian.secondFactors.give({ session: token, newSession, ...given })
    if ('refused' in done) {
      // The sign-in goes on where it can: the next code is given to it.
      if (done.refused !== 'session.none') setSessionToken(request, reply, token)
      return refuseFactor(reply, done)
    }
    const session = await useSession(desk.db, newSession, desk.clock.now())
    return session ? answerSignedIn(desk, request, reply, session) : refuse(reply, 'session.none')
  }
}

/** 32 random bytes, base64url. */
export function newSessionToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * Answers with who signed in, a fresh token and a browser that is known from now on. What the browser held before ends:
 * a token planted in it is worthless (session fixation), and nothing is left open behind a new sign-in.
 */
export async function answerSignedIn(desk: Desk, request: FastifyRequest, reply: FastifyReply, session: Session) {
  const now = desk.clock.now()
  const before = sessionToken(request)
  const left = before === undefined || before === session.token ? undefined : await useSession(desk.db, before, now)
  if (left) await signOut(desk.db, left, now)
  setSessionToken(request, reply, session.token)
  await rememberBrowser(desk, request, reply, session)
  return reply.send(await viewMe(desk, session))
}

/** A browser in which somebody has signed in is let in by the failures of strangers. */
async function rememberBrowser(desk: Desk, request: FastifyRequest, reply: FastifyReply, session: Session) {
  const device = deviceToken(request) ?? newDeviceToken()
  const known = await rememberDevice(desk.db, session, device)
  if (known) return setDeviceToken(request, reply, device)
  // It was somebody else's: of each person their own.
  const own = newDeviceToken()
  await rememberDevice(desk.db, session, own)
  setDeviceToken(request, reply, own)
}

function refuseAwaiting(reply: FastifyReply, { awaits, factors }: Pick<SignInUnderWay, 'awaits' | 'factors'>) {
  return awaits === 'enrolment'
    ? refuse(reply, 'session.enrolment')
    : refuse(reply, 'session.second-factor', { factors })
}

/** What the custodian says of a second factor. */
export function refuseFactor(reply: FastifyReply, { refused, seconds }: FactorRefusal) {
  return refuse(reply, refused, seconds === undefined ? {} : { waitSeconds: seconds })
}

/** Who a session's person is, and what they may do. */
async function viewMe(desk: Desk, session: Session) {
  const [person, units, rights, confinement] = await Promise.all([
    describePerson(desk.db, session.personId, desk.clock.now()),
    unitNames(desk.db),
    rightsOf(desk.db, session.personId, desk.clock.now()),
    confinementOf(desk.db, session.token, undefined),
  ])
  return {
    personId: session.personId,
    userId: person.userId,
    name: person.name,
    ...(person.unit && { unit: person.unit }),
    // In the listening mode nobody is anything but its host.
    rights: confinement ? [] : rights.map((right) => viewRight(right, units)),
    ...(confinement && { confinedTo: confinement.appointmentId }),
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
