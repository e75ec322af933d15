import type { FastifyRequest } from 'fastify'
import { newToken } from '#platform/links/link-token.ts'
import { describePerson } from '#safeguards/people/people.ts'
import type { Session } from '#safeguards/people/session.ts'
import {
  changePassword,
  endOwnSession,
  endOwnSessions,
  listOwnSessions,
  passwordProof,
  readSignInMethods,
  readSignInState,
  type PersonSignInMethods,
  provePresence,
} from '#safeguards/sign-in/own-account.ts'
import { readLink, type SeenLink } from '#safeguards/sign-in/links.ts'
import { maxLength, minLengthAlone, minLengthWithSecondFactor } from '#safeguards/sign-in/password-length.ts'
import { listNotices, markNoticesSeen } from '#safeguards/sign-in/notices.ts'
import type { SecondFactorDemand, SignInMethod } from '#safeguards/sign-in/sign-in-tables.ts'
import { registerOperations, done, items } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'
import { setSessionToken, clearSession } from './session-cookies.ts'
import { findSession, findSignIn } from '../request-session.ts'

/** Routes for the user's own account: sign-in methods, password, authenticator, sessions. */
export function accountRoutes(app: Routes, desk: Desk): void {
  const { secondFactors } = desk.custodian

  registerOperations(app, {
    signInOptions: () => ({
      secondFactor: secondFactorDemandNow(desk),
      passkeys: desk.signInConfig.publicUrl !== undefined,
      publicUrl: desk.signInConfig.publicUrl,
      identityProvider: desk.signInConfig.identityProvider,
      passwordRules: {
        leastAlone: minLengthAlone,
        leastWithSecondFactor: minLengthWithSecondFactor,
        greatest: maxLength,
      },
    }),

    readAccount: async ({ session }) => {
      const [person, methods, signInState] = await Promise.all([
        describePerson(desk.db, session.personId, desk.clock.now()),
        readSignInMethods(desk.db, session, session.personId),
        readSignInState(desk.db, session.token),
      ])
      if (!methods || !signInState) return { refused: 'session.none' }
      const hasTotp = methods.factors.includes('totp')
      const hasPasskey = methods.factors.includes('passkey')
      return {
        personId: session.personId,
        userId: person.userId,
        name: person.name,
        method: signInState.method,
        password: { set: methods.hasPassword, setAt: methods.passwordSetAt, rules: rulesFor(hasSecondFactor(methods)) },
        secondFactor: {
          demand: methods.demand,
          mayEnrol: !hasTotp && methods.hasPassword,
          mayRemove: hasTotp && (hasPasskey || (methods.demand !== 'required' && methods.passwordAlone)),
          totp: methods.totpAddedAt && { addedAt: methods.totpAddedAt, usedAt: methods.totpUsedAt },
          recoveryCodesLeft: methods.recoveryCodes,
        },
      }
    },

    checkPassword: async (request) => {
      const { password, link, userId = '', name = '' } = request.body
      if (link === undefined) {
        const session = await findSession(desk, request)
        return session ? { problems: await judgeOwnPassword(session, password) } : { refused: 'session.none' }
      }
      const seen = await readLink(desk.db, link, desk.clock.now())
      if (!seen) return { refused: 'link.none' }
      return { problems: await judgePasswordForLink(desk, seen, password, seen.person ?? { userId, name }) }
    },

    changePassword: async (request, reply) => {
      const { current, password } = request.body
      const problems = await judgeOwnPassword(request.session, password, current)
      if (problems.length > 0) return { refused: 'password.unfit', field: 'password', problems }
      const changed = await changePassword(desk.db, request.session, { current, password })
      if ('refused' in changed) {
        return { ...changed, field: changed.refused === 'session.credentials' ? 'current' : undefined }
      }
      setSessionToken(request, reply, changed.token)
      return 'done'
    },

    beginTotp: async (request) => {
      const found = await findEnrollingSession(request)
      if (!found) return { refused: 'session.none' }
      const { password } = request.body
      return secondFactors.beginTotp({
        session: found.token,
        ...(password !== undefined && { proof: await proofFor(found.personId, password) }),
        issuer: `Seloste, ${describedNow(desk).controller.name.fi}`,
        userId: (await describePerson(desk.db, found.personId, desk.clock.now())).userId,
      })
    },

    confirmTotp: async (request, reply) => {
      const found = await findEnrollingSession(request)
      if (!found) return { refused: 'session.none' }
      const newSession = newToken()
      const confirmed = await secondFactors.confirmTotp({ session: found.token, newSession, ...request.body })
      if (!('refused' in confirmed)) setSessionToken(request, reply, newSession)
      return confirmed
    },

    removeTotp: async ({ session, body: { password, ...given } }) => {
      const proof = await proofFor(session.personId, password)
      return done(secondFactors.removeTotp({ session: session.token, proof, ...given }))
    },

    renewRecoveryCodes: ({ session, body }) =>
      secondFactors.renewRecoveryCodes({ session: session.token, otp: body.otp }),

    provePresence: async ({ session, body: { password, ...given } }) => {
      if (password === undefined) return done(secondFactors.proveAgain({ session: session.token, ...given }))
      const proven = await provePresence(desk.db, session, password)
      return 'refused' in proven ? { ...proven, field: 'password' } : 'done'
    },

    listNotices: ({ session }) =>
      items(listNotices(desk.db, session), ({ detail, ...notice }) => ({ ...notice, ...viewDetail(detail) })),

    seeNotices: ({ session, body }) => done(markNoticesSeen(desk.db, session, body.ids)),

    listSessions: ({ session }) => items(listOwnSessions(desk.db, session, desk.clock.now())),

    endSession: async ({ session, params }) =>
      (await endOwnSession(desk.db, session, params.id, desk.clock.now())) ? 'done' : { refused: 'not-found' },

    endSessions: async (request, reply) => {
      const { keep: except = 'none' } = request.query
      const ended = await endOwnSessions(desk.db, request.session, except, desk.clock.now())
      if (except === 'none') clearSession(request, reply)
      return { ended }
    },
  })

  /** Returns the person of a session, or of a sign-in that awaits enrolment. */
  async function findEnrollingSession(request: FastifyRequest) {
    const signInState = await findSignIn(desk, request)
    return signInState?.awaits === 'enrolment' ? signInState : findSession(desk, request)
  }

  async function judgeOwnPassword(session: Session, password: string, current?: string) {
    const [person, methods] = await Promise.all([
      describePerson(desk.db, session.personId, desk.clock.now()),
      readSignInMethods(desk.db, session, session.personId),
    ])
    const { judgePassword } = await import('#safeguards/sign-in/password-rules.ts')
    return judgePassword(password, {
      secondFactor: methods !== undefined && hasSecondFactor(methods),
      words: guessableWords(desk, person),
      current,
    })
  }

  async function proofFor(personId: string, password: string): Promise<string> {
    return (await passwordProof(desk.db, personId, password)).toString('base64url')
  }
}

/** Returns the shown part of a notice's detail. */
function viewDetail({ device, method, by, factor, lost, ended }: Record<string, unknown>) {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return {
    device: text(device),
    method: text(method) as SignInMethod | undefined,
    factor: text(factor),
    by: text(by),
    lost: lost === true || undefined,
    ended: (['number', 'place', 'employment'] as const).find((one) => one === ended),
  }
}

/** Checks a password before it is set through a one-time link. */
export async function judgePasswordForLink(desk: Desk, { factors }: SeenLink, password: string, person: PersonNames) {
  const { judgePassword } = await import('#safeguards/sign-in/password-rules.ts')
  return judgePassword(password, {
    secondFactor: secondFactorDemandNow(desk) === 'required' || factors.length > 0,
    words: guessableWords(desk, person),
  })
}

interface PersonNames {
  userId: string
  name: string
}

/** Returns words about a person that attackers try first, such as the name. */
function guessableWords(desk: Desk, { userId, name }: PersonNames): string[] {
  const { fi, sv, en } = describedNow(desk).controller.name
  return [userId, name, fi, sv, en, 'seloste']
}

export function secondFactorDemandNow(desk: Desk): SecondFactorDemand {
  return describedNow(desk).switches.secondFactor
}

/** Returns the minimum and maximum length of a password. */
export function rulesFor(secondFactor: boolean): { least: number; greatest: number } {
  return { least: secondFactor ? minLengthWithSecondFactor : minLengthAlone, greatest: maxLength }
}

function hasSecondFactor({ factors, demand }: PersonSignInMethods): boolean {
  return factors.length > 0 || demand === 'required'
}
