import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { useSession } from '#safeguards/people/session.ts'
import { listOwnPasskeys } from '#safeguards/sign-in/list-passkeys.ts'
import { passwordProof } from '#safeguards/sign-in/own-account.ts'
import type { PasskeyRefusal } from '#safeguards/sign-in/passkey-work.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { nameDevice } from './name-device.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { sessionToken, setSessionToken } from './session-cookies.ts'
import { answerSignedIn, fewAttempts, newSessionToken } from './session-routes.ts'
import { signInBehind } from '../signed-in.ts'

/** Passkeys: signing in with them, one's own, and what they confirm. The custodian judges them; here they pass through. */
export function passkeyRoutes(app: Routes, desk: Desk): void {
  const { passkeys } = desk.custodian
  /** Where browsers do not know the web by a name of its own, there are no passkeys. */
  const preHandler = async (_request: FastifyRequest, reply: FastifyReply) => {
    if (desk.ways.publicUrl === undefined) return refuse(reply, 'not-found')
  }

  app.route({
    ...operations.askPasskeySignIn,
    preHandler,
    config: fewAttempts,
    handler: async (_request, reply) => answer(reply, await passkeys.askSignIn()),
  })

  app.route({
    ...operations.signInWithPasskey,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const newSession = newSessionToken()
      const device = nameDevice(request.headers['user-agent'])
      const opened = await passkeys.signIn({ response: assertion(request.body), newSession, device })
      return 'refused' in opened ? refusePasskey(reply, opened) : signInUnder(newSession, request, reply)
    },
  })

  app.route({
    ...operations.askPasskeyFactor,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const token = sessionToken(request)
      if (token === undefined) return refuse(reply, 'session.none')
      return answer(reply, await passkeys.askSecondFactor({ session: token }))
    },
  })

  app.route({
    ...operations.givePasskeyFactor,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const token = sessionToken(request)
      if (token === undefined) return refuse(reply, 'session.none')
      const newSession = newSessionToken()
      const given = await passkeys.giveSecondFactor({
        session: token,
        newSession,
        response: assertion(request.body),
      })
      return 'refused' in given ? refusePasskey(reply, given) : signInUnder(newSession, request, reply)
    },
  })

  app.route({
    ...operations.listPasskeys,
    handler: async (request, reply) => {
      const { session } = request
      const items = await listOwnPasskeys(desk.db, session)
      return reply.send({
        items: items.map(({ addedAt, usedAt, ...passkey }) => ({
          ...passkey,
          addedAt: addedAt.toString(),
          ...(usedAt && { usedAt: usedAt.toString() }),
        })),
      })
    },
  })

  app.route({
    ...operations.askPasskey,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const asking = await signInBehind(desk, request)
      if (!asking) return refuse(reply, 'session.none')
      const { token, personId } = asking
      const { password, otp } = request.body
      const proof = password === undefined ? undefined : await passwordProof(desk.db, personId, password)
      return answer(reply, await passkeys.askAddition({ session: token, proof: proof?.toString('base64url'), otp }))
    },
  })

  app.route({
    ...operations.addPasskey,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const asking = await signInBehind(desk, request)
      if (!asking) return refuse(reply, 'session.none')
      const { name, response } = request.body
      const newSession = newSessionToken()
      const added = await passkeys.add({
        session: asking.token,
        newSession,
        name,
        response: { ...response, clientExtensionResults: {} },
      })
      if ('refused' in added) return refusePasskey(reply, added)
      setSessionToken(request, reply, newSession)
      return reply.code(201).send(added)
    },
  })

  app.route({
    ...operations.removePasskey,
    preHandler,
    handler: async (request, reply) => {
      const { session } = request
      const removed = await passkeys.remove({ session: session.token, id: request.params.id })
      return 'refused' in removed ? refusePasskey(reply, removed) : reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.askConfirmation,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await passkeys.askConfirmation({ session: session.token, ...request.body }))
    },
  })

  app.route({
    ...operations.confirmAct,
    preHandler,
    config: fewAttempts,
    handler: async (request, reply) => {
      const { session } = request
      const { act, id, revision } = request.body
      const confirmed = await passkeys.confirm({
        session: session.token,
        act,
        id,
        revision,
        response: assertion(request.body),
      })
      return 'refused' in confirmed ? refusePasskey(reply, confirmed) : reply.code(204).send(null)
    },
  })

  async function signInUnder(token: string, request: FastifyRequest, reply: FastifyReply) {
    const session = await useSession(desk.db, token, desk.clock.now())
    return session ? answerSignedIn(desk, request, reply, session) : refuse(reply, 'session.none')
  }
}

/** What the browser sent, as the library names it: what an authenticator says beside its answer is of no use here. */
function assertion({ response }: { response: object }): AuthenticationResponseJSON {
  return { ...response, clientExtensionResults: {} } as AuthenticationResponseJSON
}

function answer(reply: FastifyReply, options: object | PasskeyRefusal) {
  return 'refused' in options ? refusePasskey(reply, options) : reply.send(options)
}

function refusePasskey(reply: FastifyReply, { refused }: PasskeyRefusal) {
  return refuse(reply, refused)
}
