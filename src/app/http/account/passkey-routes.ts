import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken } from '#platform/links/link-token.ts'
import { passwordProof, listOwnPasskeys } from '#safeguards/sign-in/own-account.ts'
import { registerOperations, done, items, type OperationHandlers } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { nameDevice } from './name-device.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, setSessionToken } from './session-cookies.ts'
import { completeCustodianSignIn } from './session-routes.ts'
import { findSignIn } from '../request-session.ts'

/** Routes for passkeys: sign-in, the user's own passkeys, and confirmations. The custodian verifies them. */
export function passkeyRoutes(app: Routes, desk: Desk): void {
  const { passkeys } = desk.custodian
  /** Refuses requests if no public URL is set, because passkeys need a host name. */
  const preHandler = async (_request: FastifyRequest, reply: FastifyReply) => {
    if (desk.signInConfig.publicUrl === undefined) return refuse(reply, 'not-found')
  }

  registerOperations(app, { listPasskeys: ({ session }) => items(listOwnPasskeys(desk.db, session)) })

  const answers: OperationHandlers = {
    askPasskeySignIn: () => options(passkeys.requestSignIn()),

    signInWithPasskey: async (request, reply) => {
      const newSession = newToken()
      const device = nameDevice(request.headers['user-agent'])
      const opened = await passkeys.signIn({ response: assertion(request.body), newSession, device })
      return 'refused' in opened ? opened : completeCustodianSignIn(desk, newSession, request, reply)
    },

    askPasskeyFactor: (request) => {
      const token = sessionToken(request)
      return token === undefined
        ? { refused: 'session.none' }
        : options(passkeys.requestSecondFactor({ session: token }))
    },

    givePasskeyFactor: async (request, reply) => {
      const token = sessionToken(request)
      if (token === undefined) return { refused: 'session.none' }
      const newSession = newToken()
      const given = await passkeys.giveSecondFactor({ session: token, newSession, response: assertion(request.body) })
      return 'refused' in given ? given : completeCustodianSignIn(desk, newSession, request, reply)
    },

    askPasskey: async (request) => {
      const pending = await findSignIn(desk, request)
      if (!pending) return { refused: 'session.none' }
      const { token, personId } = pending
      const { password, otp } = request.body
      const proof = password === undefined ? undefined : await passwordProof(desk.db, personId, password)
      return options(passkeys.requestAddition({ session: token, proof: proof?.toString('base64url'), otp }))
    },

    addPasskey: async (request, reply) => {
      const pending = await findSignIn(desk, request)
      if (!pending) return { refused: 'session.none' }
      const { name, response } = request.body
      const newSession = newToken()
      const added = await passkeys.add({
        session: pending.token,
        newSession,
        name,
        response: { ...response, clientExtensionResults: {} },
      })
      if (!('refused' in added)) setSessionToken(request, reply, newSession)
      return added
    },

    removePasskey: ({ session, params }) => done(passkeys.remove({ session: session.token, id: params.id })),

    askConfirmation: ({ session, body }) => options(passkeys.requestConfirmation({ session: session.token, ...body })),

    confirmAct: ({ session, body }) => {
      const { act, id, revision } = body
      return done(passkeys.confirm({ session: session.token, act, id, revision, response: assertion(body) }))
    },
  }
  registerOperations(app, answers, { preHandler })
}

/** Converts the browser's answer to the library's type. Extension output of the authenticator is not used. */
function assertion({ response }: { response: object }): AuthenticationResponseJSON {
  return { ...response, clientExtensionResults: {} } as AuthenticationResponseJSON
}

/** Converts the options to the contract's type, which is more specific than the library's. */
function options<Options>(request: Promise<object>): Promise<Options> {
  return request as Promise<Options>
}
