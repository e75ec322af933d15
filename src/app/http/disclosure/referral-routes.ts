import { listReferrals, takeUpReferral } from '#use/disclosure/referrals.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Requests that lead to a disclosure, for whoever prepares it. */
export function referralRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listReferrals,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listReferrals(desk.db, session, request.query.kind)
      return 'refused' in listed ? refuse(reply, listed.refused) : reply.send({ items: listed })
    },
  })

  app.route({
    ...operations.takeUpReferral,
    handler: async (request, reply) => {
      const { session } = request
      const taken = await takeUpReferral(desk.db, session, request.params.id, request.body)
      return taken === 'done' ? reply.code(204).send(null) : refuse(reply, taken.refused)
    },
  })
}
