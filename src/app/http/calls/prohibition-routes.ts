import { forbidUse } from '#destruction/forbid-use.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Forbidding the use of a recording, at will (R49-R51); there is no other way to end one by hand (R23). */
export function prohibitionRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.forbidUse,
    handler: async (request, reply) => {
      const { session } = request
      const forbidden = await forbidUse(desk.db, session, request.params.id, request.body)
      if ('refused' in forbidden) return refuse(reply, forbidden.refused)
      return reply.send({
        id: forbidden.id,
        recordingId: forbidden.recording_id,
        state: forbidden.state,
        receivedAt: forbidden.received_at.toString(),
        ...(forbidden.executed_at && { executedAt: forbidden.executed_at.toString() }),
      })
    },
  })

  app.route({
    ...operations.deleteRecording,
    handler: async (_request, reply) => refuse(reply, 'recording.not-by-hand'),
  })
}
