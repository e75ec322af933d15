import { appendAudit } from '#safeguards/audit/append.ts'
import { decideCorrection, decideOpenness, proposeCorrection, withdrawCopy } from '#use/requests/acts/acts.ts'
import { listRequestDecisions } from '#use/requests/acts/list-acts.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** What today's law adds to requests, where the description has the switch: copies, corrections, official documents. */
export function requestActRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.makeCopy,
    handler: async (request, reply) => {
      const { session } = request
      const { recordingId, method, recipient } = request.body
      const made = await desk.custodian.copies.make({
        session: session.token,
        request: request.params.id,
        recording: recordingId,
        method,
        recipient,
      })
      if ('refused' in made) {
        await appendAudit(desk.db, {
          action: 'subject-copy.made',
          result: `refused:${made.refused}`,
          personId: session.personId,
          object: { kind: 'request', id: request.params.id },
        })
        return refuse(reply, made.refused, made.refused === 'copy.recipient' ? { field: 'recipient' } : {})
      }
      const { id, token, passphrase, expiresAt } = made
      return reply
        .code(201)
        .send({ id, link: `/copies/${token}`, expiresAt, ...(passphrase !== undefined && { passphrase }) })
    },
  })

  app.route({
    ...operations.withdrawCopy,
    handler: async (request, reply) => {
      const { session } = request
      const withdrawn = await withdrawCopy(desk.db, session, request.params.id)
      return withdrawn === 'done' ? reply.code(204).send(null) : refuse(reply, withdrawn.refused)
    },
  })

  app.route({
    ...operations.proposeCorrection,
    handler: async (request, reply) => {
      const { session } = request
      const proposed = await proposeCorrection(desk.db, session, request.params.id, request.body)
      if (!('refused' in proposed)) return reply.code(201).send(proposed)
      const isTheirs = proposed.refused === 'correction.nobody' || proposed.refused === 'correction.same'
      return refuse(reply, proposed.refused, isTheirs ? { field: 'officialUserId' } : {})
    },
  })

  app.route({
    ...operations.listRequestDecisions,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listRequestDecisions(desk.db, session)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send(listed)
    },
  })

  app.route({
    ...operations.decideCorrection,
    handler: async (request, reply) => {
      const { session } = request
      const decided = await decideCorrection(desk.db, session, request.params.id, request.body.outcome)
      return decided === 'done' ? reply.code(204).send(null) : refuse(reply, decided.refused)
    },
  })

  app.route({
    ...operations.decideOpenness,
    handler: async (request, reply) => {
      const { session } = request
      const decided = await decideOpenness(desk.db, session, request.params.id, request.body)
      if (decided === 'done') return reply.code(204).send(null)
      const field = { 'input.identity-code': 'provision', 'openness.leads-nowhere': 'leadsTo' }[
        decided.refused as string
      ]
      return refuse(reply, decided.refused, field === undefined ? {} : { field })
    },
  })
}
