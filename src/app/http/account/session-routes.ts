import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken } from '#platform/links/link-token.ts'
import { covers, needsReference, purposes } from '#description/purposes.ts'
import { rightsOf, type Right } from '#safeguards/access/grant.ts'
import { describePerson } from '#safeguards/people/people.ts'
import { signOut, useSession, type Session } from '#safeguards/people/session.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { confinementOf } from '#use/requests/offices/room.ts'
import { networkOf } from '#safeguards/sign-in/network.ts'
import type { GivenFactor } from '#safeguards/sign-in/second-factor.ts'
import { rememberDevice, signIn, type PendingSignIn } from '#safeguards/sign-in/sign-in.ts'
import { registerOperations } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { nameDevice } from './name-device.ts'
import type { Refusal } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { deviceToken, sessionToken, setDeviceToken, setSessionToken, clearSession } from './session-cookies.ts'
import { findSession, findSignIn } from '../request-session.ts'

/** Routes for signing in, the current user, and signing out. */
export function sessionRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    signIn: async (request, reply) => {
      const { userId, password, otp } = request.body
      const from = {
        network: networkOf(request.ip),
        knownDevice: deviceToken(request),
        device: nameDevice(request.headers['user-agent']),
      }
      const begun = await signIn(desk.db, { userId, password, from }, desk.clock.now())
      if (begun === 'refused') return { refused: 'session.credentials' }
      if ('refused' in begun) return begun
      if (!('awaits' in begun)) return answerSignedIn(desk, request, reply, begun)
      await endPreviousSession(desk, request, begun.token)
      if (begun.awaits === 'enrolment' || otp === undefined) {
        setSessionToken(request, reply, begun.token)
        return pendingFactorRefusal(begun)
      }
      return finish(request, reply, begun.token, { otp })
    },

    giveSecondFactor: (request, reply) => {
      const token = sessionToken(request)
      const { otp, recoveryCode } = request.body
      if ((otp === undefined) === (recoveryCode === undefined)) {
        return { refused: 'input.invalid', message: 'Send exactly one of otp and recoveryCode.', field: 'otp' }
      }
      return token === undefined ? { refused: 'session.none' } : finish(request, reply, token, request.body)
    },

    whoAmI: async (request, reply) => {
      const signInState = await findSignIn(desk, request)
      if (signInState && signInState.awaits !== 'nothing') return pendingFactorRefusal(signInState)
      const session = await findSession(desk, request)
      if (!session) return { refused: 'session.none' }
      // The redirect from the identity provider carried no SameSite=Strict cookies, so the browser can be recognised only now.
      if (signInState?.method === 'oidc') await rememberBrowser(desk, request, reply, session)
      return viewMe(desk, session)
    },

    signOut: async (request, reply) => {
      // Signs out of a session, or abandons a sign-in in progress.
      const previous = await findSignIn(desk, request)
      if (!previous) return { refused: 'session.none' }
      await signOut(desk.db, previous, desk.clock.now())
      clearSession(request, reply)
      return 'done'
    },
  })

  async function finish(request: FastifyRequest, reply: FastifyReply, token: string, given: GivenFactor) {
    const newSession = newToken()
    const outcome = await desk.custodian.secondFactors.give({ session: token, newSession, ...given })
    if (!('refused' in outcome)) return completeCustodianSignIn(desk, newSession, request, reply)
    // Keeps the sign-in in progress, so that the user can try another code.
    if (outcome.refused !== 'session.none') setSessionToken(request, reply, token)
    return outcome
  }
}

/** Sends the response of a sign-in for which the custodian has opened a session. */
export async function completeCustodianSignIn(desk: Desk, token: string, request: FastifyRequest, reply: FastifyReply) {
  const session = await useSession(desk.db, token, desk.clock.now())
  return session ? answerSignedIn(desk, request, reply, session) : ({ refused: 'session.none' } as const)
}

/**
 * Answers with the user, a new token and a device cookie. Ends the browser's previous session, so that no session stays open
 * and a token set by an attacker is useless (session fixation).
 */
async function answerSignedIn(desk: Desk, request: FastifyRequest, reply: FastifyReply, session: Session) {
  await endPreviousSession(desk, request, session.token)
  setSessionToken(request, reply, session.token)
  await rememberBrowser(desk, request, reply, session)
  return viewMe(desk, session)
}

/** Ends the browser's previous session, if it has another token. */
async function endPreviousSession(desk: Desk, request: FastifyRequest, token: string) {
  const now = desk.clock.now()
  const before = sessionToken(request)
  const previous = before === undefined || before === token ? undefined : await useSession(desk.db, before, now)
  if (previous) await signOut(desk.db, previous, now)
}

/** Registers the browser as known to the person: failed attempts of strangers do not slow down its sign-ins. */
async function rememberBrowser(desk: Desk, request: FastifyRequest, reply: FastifyReply, session: Session) {
  const device = deviceToken(request) ?? newToken()
  const known = await rememberDevice(desk.db, session, device)
  if (known) return setDeviceToken(request, reply, device)
  // The device token belongs to another person. Each person needs their own.
  const own = newToken()
  await rememberDevice(desk.db, session, own)
  setDeviceToken(request, reply, own)
}

function pendingFactorRefusal({ awaits, factors }: Pick<PendingSignIn, 'factors'> & { awaits: string }): Refusal {
  return awaits === 'enrolment' ? { refused: 'session.enrolment' } : { refused: 'session.second-factor', factors }
}

/** Returns the session's person and rights. */
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
    unit: person.unit || undefined,
    // In listening mode the host's rights do not apply.
    rights: confinement ? [] : rights.map((right) => viewRight(right, units)),
    confinedTo: confinement?.appointmentId,
    sessionEndsAt: session.expiresAt,
  }
}

function viewRight({ id, role, duty, purposes: held, scope, until }: Right, units: Map<string, string>) {
  return {
    id,
    role,
    duty,
    purposes: purposes
      .filter((purpose) => held.some((one) => covers(one, purpose)))
      .map((purpose) => ({ purpose, referenceNeeded: needsReference(purpose, role) })),
    scope: {
      kind: scope.kind,
      units: scope.kind === 'unit' ? scope.units.map((unit) => units.get(unit) ?? unit) : undefined,
      numbers: scope.kind === 'numbers' ? scope.numbers : undefined,
    },
    until,
  }
}
