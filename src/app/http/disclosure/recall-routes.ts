import { confirmRecall, listRecalls } from '#destruction/recalls.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { recallNotice } from './recall-notice.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Recalls of disclosed copies, for the decision maker (R32, R50). */
export function recallRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listRecalls,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listRecalls(desk.db, session)
      if ('refused' in listed) return refuse(reply, listed.refused)
      return reply.send({
        items: listed.recalls.map((recall) => ({
          id: recall.id,
          disclosure: recall.disclosure,
          recipient: recall.recipient,
          item: recall.item,
          recalledAt: recall.recalled_at.toString(),
          dueAt: recall.due_at.toString(),
          isOverdue: recall.is_overdue,
          ...(recall.confirmed_at && { confirmedAt: recall.confirmed_at.toString() }),
          notice: recallNotice(recall),
        })),
      })
    },
  })

  app.route({
    ...operations.confirmRecall,
    handler: async (request, reply) => {
      const { session } = request
      const confirmed = await confirmRecall(desk.db, session, request.params.id, request.body.outcome)
      return confirmed === 'done' ? reply.code(204).send(null) : refuse(reply, confirmed.refused)
    },
  })
}
