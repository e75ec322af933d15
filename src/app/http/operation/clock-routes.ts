import { confirmClock } from '#destruction/clock.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** The clock that is ahead: right once two people have said so. */
export function clockRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.confirmClock,
    handler: async (request, reply) => {
      const { session } = request
      const said = readInstant(request.body.now)
      if (!said || said === 'invalid') return refuse(reply, 'input.invalid', { field: 'now' })
      const confirmed = await confirmClock(desk.db, session, said)
      return 'refused' in confirmed ? refuse(reply, confirmed.refused) : reply.code(204).send(null)
    },
  })
}
