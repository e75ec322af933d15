import type { FastifyReply, FastifyRequest } from 'fastify'
import { describePerson } from '#safeguards/people/people.ts'
import type { Session } from '#safeguards/people/session.ts'
import {
  changePassword,
  endOwnSession,
  endOwnSessions,
  listOwnSessions,
  passwordProof,
  signInOf,
  signInUnderWay,
  type SignInOf,
} from '#safeguards/sign-in/own-account.ts'
import { lookAtLink } from '#safeguards/sign-in/links.ts'
import { greatest, leastAlone, leastWithSecondFactor } from '#safeguards/sign-in/password-length.ts'
import { listNotices, seeNotices } from '#safeguards/sign-in/notices.ts'
import { provePresence } from '#safeguards/sign-in/prove-again.ts'
import type { SecondFactorDemand, SignInMethod } from '#safeguards/sign-in/sign-in-tables.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { fewAttempts, newSessionToken, refuseFactor } from './session-routes.ts'
import { setSessionToken, signedOut } from './session-cookies.ts'
import { signedIn, signInBehind } from '../signed-in.ts'

/** One's own account: how one signs in, the password, the authenticator, the sessions. */
export function accountRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.signInOptions,
    handler: async (_request, reply) =>
      reply.send({
        secondFactor: describedNow(desk).switches.secondFactor,
        passkeys: desk.ways.publicUrl !== undefined,
        ...(desk.ways.publicUrl !== undefined && { publicUrl: desk.ways.publicUrl }),
        ...(desk.ways.identityProvider && { identityProvider: desk.ways.identityProvider }),
        passwordRules: { leastAlone, leastWithSecondFactor, greatest },
      }),
  })

  app.route({
    ...operations.readAccount,
    handler: async (request, reply) => {
      const { session } = request
      const now = desk.clock.now()
      const [person, own, underWay] = await Promise.all([
        describePerson(desk.db, session.personId, now),
        signInOf(desk.db, session, session.personId),
        signInUnderWay(desk.db, session.token),
      ])
      if (!own || !underWay) return refuse(reply, 'session.none')
      const hasTotp = own.factors.includes('totp')
      const others = own.factors.includes('passkey')
      return reply.send({
        personId: session.personId,
        userId: person.userId,
        name: person.name,
        method: underWay.method,
        password: {
          set: own.hasPassword,
          ...(own.passwordSetAt && { setAt: own.passwordSetAt.toString() }),
          rules: rulesFor(hasSecondFactor(own)),
        },
        secondFactor: {
          demand: own.demand,
          mayEnrol: !hasTotp && own.hasPassword,
          mayRemove: hasTotp && (others || (own.demand !== 'required' && own.passwordAlone)),
          ...(own.totpAddedAt && {
            totp: {
              addedAt: own.totpAddedAt.toString(),
              ...(own.totpUsedAt && { usedAt: own.totpUsedAt.toString() }),
            },
          }),
          recoveryCodesLeft: own.recoveryCodes,
        },
      })
    },
  })

  app.route({
    ...operations.checkPassword,
    config: { rateLimit: { max: 240, timeWindow: '1 minute' } },
    handler: async (request, reply) => {
      const { password, link, userId = '', name = '' } = request.body
      if (link !== undefined) {
        const seen = await lookAtLink(desk.db, link, desk.clock.now())
        if (!seen) return refuse(reply, 'link.none')
        const person = seen.person ?? { userId, name }
        const { judgePassword } = await import('#safeguards/sign-in/password-rules.ts')
        const problems = judgePassword(password, {
          secondFactor: demandOf(desk) === 'required' || seen.factors.length > 0,
          words: wordsAround(desk, person),
        })
        return reply.send({ problems })
      }
      const session = await signedIn(desk, request, reply)
      if (!session) return reply
      return reply.send({ problems: await judgeOwn(session, password) })
    },
  })

  app.route({
    ...operations.changePassword,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      const { current, password } = request.body
      const problems = await judgeOwn(session, password, current)
      if (problems.length > 0) return refuse(reply, 'password.unfit', { field: 'password', problems })
      const changed = await changePassword(desk.db, session, { current, password })
      if (!('refused' in changed)) {
        setSessionToken(request, reply, changed.token)
        return reply.code(204).send(null)
      }
      return refuse(reply, changed.refused, changed.refused === 'session.credentials' ? { field: 'current' } : {})
    },
  })

  app.route({
    ...operations.beginTotp,
    config: fewAttempts,
    handler: async (request, reply) => {
      const found = await tokenOfPerson(request, reply)
      if (!found) return reply
      const { password } = request.body
      const begun = await desk.custodian.secondFactors.beginTotp({
        session: found.token,
        ...(password !== undefined && { proof: await proofFor(found.personId, password) }),
        issuer: `Seloste, ${describedNow(desk).controller.name.fi}`,
        userId: (await describePerson(desk.db, found.personId, desk.clock.now())).userId,
      })
      return 'refused' in begun ? refuseFactor(reply, begun) : reply.code(201).send(begun)
    },
  })

  app.route({
    ...operations.confirmTotp,
    config: fewAttempts,
    handler: async (request, reply) => {
      const found = await tokenOfPerson(request, reply)
      if (!found) return reply
      const newSession = newSessionToken()
      const done = await desk.custodian.secondFactors.confirmTotp({
        session: found.token,
        newSession,
        ...request.body,
      })
      if ('refused' in done) return refuseFactor(reply, done)
      setSessionToken(request, reply, newSession)
      return reply.send(done)
    },
  })

  app.route({
    ...operations.removeTotp,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      const { password, ...given } = request.body
      const proof = await proofFor(session.personId, password)
      const done = await desk.custodian.secondFactors.removeTotp({ session: session.token, proof, ...given })
      return 'refused' in done ? refuseFactor(reply, done) : reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.renewRecoveryCodes,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      const done = await desk.custodian.secondFactors.renewRecoveryCodes({
        session: session.token,
        otp: request.body.otp,
      })
      return 'refused' in done ? refuseFactor(reply, done) : reply.send(done)
    },
  })

  app.route({
    ...operations.provePresence,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      const { password, ...given } = request.body
      if (password === undefined) {
        const done = await desk.custodian.secondFactors.proveAgain({ session: session.token, ...given })
        return 'refused' in done ? refuseFactor(reply, done) : reply.code(204).send(null)
      }
      const done = await provePresence(desk.db, session, password)
      return 'refused' in done ? refuse(reply, done.refused, { field: 'password' }) : reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.listNotices,
    handler: async (request, reply) => {
      const { session } = request
      const notices = await listNotices(desk.db, session)
      return reply.send({
        items: notices.map(({ at, detail, ...notice }) => ({ ...notice, ...viewDetail(detail), at: at.toString() })),
      })
    },
  })

  app.route({
    ...operations.seeNotices,
    handler: async (request, reply) => {
      const { session } = request
      await seeNotices(desk.db, session, request.body.ids)
      return reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.listSessions,
    handler: async (request, reply) => {
      const { session } = request
      const sessions = await listOwnSessions(desk.db, session, desk.clock.now())
      return reply.send({
        items: sessions.map(({ device, startedAt, usedAt, endsAt, ...one }) => ({
          ...one,
          startedAt: startedAt.toString(),
          usedAt: usedAt.toString(),
          endsAt: endsAt.toString(),
          ...(device !== null && { device }),
        })),
      })
    },
  })

  app.route({
    ...operations.endSession,
    handler: async (request, reply) => {
      const { session } = request
      const ended = await endOwnSession(desk.db, session, request.params.id, desk.clock.now())
      return ended ? reply.code(204).send(null) : refuse(reply, 'not-found')
    },
  })

  app.route({
    ...operations.endSessions,
    handler: async (request, reply) => {
      const { session } = request
      const { keep = 'none' } = request.query
      const ended = await endOwnSessions(desk.db, session, keep, desk.clock.now())
      if (keep === 'none') signedOut(request, reply)
      return reply.send({ ended })
    },
  })

  /** The person behind a session, or behind a sign-in that awaits enrolment; otherwise the request is answered. */
  async function tokenOfPerson(request: FastifyRequest, reply: FastifyReply) {
    const underWay = await signInBehind(desk, request)
    return underWay?.awaits === 'enrolment' ? underWay : signedIn(desk, request, reply)
  }

  async function judgeOwn(session: Session, password: string, current?: string) {
    const [person, own] = await Promise.all([
      describePerson(desk.db, session.personId, desk.clock.now()),
      signInOf(desk.db, session, session.personId),
    ])
    const { judgePassword } = await import('#safeguards/sign-in/password-rules.ts')
    return judgePassword(password, {
      secondFactor: own !== undefined && hasSecondFactor(own),
      words: wordsAround(desk, person),
      current,
    })
  }

  async function proofFor(personId: string, password: string): Promise<string> {
    return (await passwordProof(desk.db, personId, password)).toString('base64url')
  }
}

/** Of a notice's detail what its person is told. */
function viewDetail({ device, method, by, factor, lost, ended }: Record<string, unknown>) {
  const what = (['number', 'place', 'employment'] as const).find((one) => one === ended)
  return {
    ...(typeof device === 'string' && { device }),
    ...(typeof method === 'string' && { method: method as SignInMethod }),
    ...(typeof factor === 'string' && { factor }),
    ...(typeof by === 'string' && { by }),
    ...(lost === true && { lost }),
    ...(what && { ended: what }),
  }
}

/** What stands around a person and is guessed first. */
export function wordsAround(desk: Desk, { userId, name }: { userId: string; name: string }): string[] {
  const { fi, sv, en } = describedNow(desk).controller.name
  return [userId, name, fi, sv, en, 'seloste']
}

export function demandOf(desk: Desk): SecondFactorDemand {
  return describedNow(desk).switches.secondFactor
}

/** How long a password has to be. */
export function rulesFor(secondFactor: boolean): { least: number; greatest: number } {
  return { least: secondFactor ? leastWithSecondFactor : leastAlone, greatest }
}

function hasSecondFactor({ factors, demand }: SignInOf): boolean {
  return factors.length > 0 || demand === 'required'
}
