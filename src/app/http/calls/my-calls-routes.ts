import { listOwnProhibitions, listOwnRequests } from '#use/requests/own/own-acts.ts'
import { operations } from '../contract/operations.ts'
import type { RequestKind } from '../contract/requests.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** What officials have done about their own calls (R48, R49); the calls themselves are looked for under INSPECTION. */
export function myCallsRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readMyCallActs,
    handler: async (request, reply) => {
      const { session } = request
      const forbidden = await listOwnProhibitions(desk.db, session)
      if ('refused' in forbidden) return refuse(reply, forbidden.refused)
      const asked = await listOwnRequests<RequestKind>(desk.db, session)
      if ('refused' in asked) return refuse(reply, asked.refused)
      const { controller, rights } = describedNow(desk)
      const { postalAddress, switchboard } = controller
      return reply.send({
        forbidden: forbidden.map(({ startedAt, receivedAt, executedAt, ...one }) => ({
          ...one,
          startedAt: startedAt.toString(),
          receivedAt: receivedAt.toString(),
          ...(executedAt && { executedAt: executedAt.toString() }),
        })),
        asked: asked.map(({ receivedAt, dueAt, closedAt, outcome, ...one }) => ({
          ...one,
          receivedAt: receivedAt.toString(),
          dueAt: dueAt.toString(),
          ...(closedAt && { closedAt: closedAt.toString() }),
          ...(outcome && { outcome }),
        })),
        serviceUnit: { name: rights.unit, postalAddress, switchboard },
      })
    },
  })
}
