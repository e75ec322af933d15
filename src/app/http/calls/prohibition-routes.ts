import { forbidUse } from '#destruction/forbid-use.ts'
import { registerOperations, viewed } from '../answer.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Route for forbidding the use of a recording (R49-R51). Users cannot delete a recording in any other way (R23). */
export function prohibitionRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    forbidUse: ({ session, params, body }) =>
      viewed(forbidUse(desk.db, session, params.id, body), ({ id, recording_id, state, received_at, executed_at }) => ({
        ...{ id, state, recordingId: recording_id, receivedAt: received_at, executedAt: executed_at },
      })),
  })

  app.route({
    ...operations.deleteRecording,
    handler: async (_request, reply) => refuse(reply, 'recording.not-by-hand'),
  })
}
