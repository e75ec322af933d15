import type { FastifyReply } from 'fastify'
import type { Session } from '#safeguards/people/session.ts'
import { listCallsOf } from '#use/requests/calls/list-calls.ts'
import { lookForCall, type LookedFor, type LookRefusal } from '#use/requests/calls/look-for-call.ts'
import { readTold } from '#use/requests/calls/told-of-call.ts'
import { giveUpCall, verifyCall, withdrawCall, type VerificationRefusal } from '#use/requests/calls/verify-call.ts'
import { operations } from '../contract/operations.ts'
import type { RequestCall } from '../contract/request-calls.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Calls that a requester names: looked for, verified, given up, withdrawn (R42, R46, L8). */
export function requestCallRoutes(app: Routes, desk: Desk): void {
  const today = () => desk.clock.now().toZonedDateTimeISO('Europe/Helsinki').toPlainDate()

  app.route({
    ...operations.nameCall,
    handler: async (request, reply) => {
      const { session } = request
      const told = readTold(request.body, today())
      if ('refused' in told) return refuse(reply, told.refused, { field: told.field })
      const looked = await lookForCall(desk.db, session, { requestId: request.params.id }, told)
      if ('refused' in looked) return refuseLook(reply, looked)
      return reply.code(201).send(await callOf(desk, session, request.params.id, looked))
    },
  })

  app.route({
    ...operations.narrowCall,
    handler: async (request, reply) => {
      const { session } = request
      const told = readTold(request.body, today())
      if ('refused' in told) return refuse(reply, told.refused, { field: told.field })
      const { id: requestId, callId } = request.params
      const looked = await lookForCall(desk.db, session, { requestId, callId }, told)
      if ('refused' in looked) return refuseLook(reply, looked)
      return reply.send(await callOf(desk, session, requestId, looked))
    },
  })

  app.route({
    ...operations.verifyCall,
    handler: async (request, reply) => {
      const { session } = request
      const { id: requestId, callId } = request.params
      return answer(reply, await verifyCall(desk.db, session, { requestId, callId }, request.body.isParty))
    },
  })

  app.route({
    ...operations.giveUpCall,
    handler: async (request, reply) => {
      const { session } = request
      const { id: requestId, callId } = request.params
      return answer(reply, await giveUpCall(desk.db, session, { requestId, callId }))
    },
  })

  app.route({
    ...operations.withdrawCall,
    handler: async (request, reply) => {
      const { session } = request
      const { id: requestId, callId } = request.params
      return answer(reply, await withdrawCall(desk.db, session, { requestId, callId }))
    },
  })
}

function answer(reply: FastifyReply, done: 'done' | VerificationRefusal) {
  return done === 'done' ? reply.code(204).send(null) : refuse(reply, done.refused)
}

function refuseLook(reply: FastifyReply, { refused, of }: LookRefusal) {
  return refuse(reply, refused, { ...(refused === 'input.identity-code' && of && { field: of }) })
}

async function callOf(desk: Desk, session: Session, id: string, { call, number }: LookedFor): Promise<RequestCall> {
  const found = (await listCallsOf(desk.db, session, { id, number })).find((one) => one.id === call)
  if (!found) throw new Error(`the call ${call} of request ${number} was taken back while it was looked for`)
  return found as RequestCall
}
