import { listPendingDisclosures } from '#use/disclosure/pending-disclosures.ts'
import { listPendingRights, tellPendingRight } from '#use/requests/pending-rights.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** What a coming change of the description reaches of open requests, and of open disclosures (L29). */
export function pendingRightRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listPendingRights,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listPendingRights(desk.db, session)
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({
        items: listed.items.map(({ effectiveFrom, endsAt, told, ...one }) => ({
          ...one,
          effectiveFrom: effectiveFrom.toString(),
          endsAt: endsAt.toString(),
          ...(told && { told: { how: told.how, at: told.at.toString() } }),
        })),
      })
    },
  })

  app.route({
    ...operations.listPendingDisclosures,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listPendingDisclosures(desk.db, session)
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({
        items: listed.items.map(({ effectiveFrom, endsAt, ...one }) => ({
          ...one,
          effectiveFrom: effectiveFrom.toString(),
          endsAt: endsAt.toString(),
        })),
      })
    },
  })

  app.route({
    ...operations.tellPendingRight,
    handler: async (request, reply) => {
      const { session } = request
      const { requestId, how } = request.body
      const told = await tellPendingRight(desk.db, session, { draft: request.params.id, request: requestId, how })
      return told === 'done' ? reply.code(204).send(null) : refuse(reply, told.refused)
    },
  })
}
