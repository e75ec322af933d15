import { InvalidCursor, listContacts } from '#use/search/list-contacts.ts'
import { readContact, revealCaller } from '#use/search/read-contact.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { ruleThen } from '../description/rule-then.ts'
import { granted } from '../signed-in.ts'

const pageSize = 50

/** Searching the contact history, one contact, revealing its caller, the number registry. */
export function contactRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listContacts,
    handler: async (request, reply) => {
      const { purpose, reference, from, to, limit = pageSize, ...search } = request.query
      const times = { from: readInstant(from), to: readInstant(to) }
      if (times.from === 'invalid' || times.to === 'invalid') {
        return refuse(reply, 'input.invalid', { field: times.from === 'invalid' ? 'from' : 'to' })
      }
      const grant = await granted(desk, request, reply, { purpose, reference, action: 'contacts.listed' })
      if (!grant) return reply
      try {
        return await reply.send(
          await listContacts(desk.db, grant, { ...search, from: times.from, to: times.to, limit }),
        )
      } catch (error) {
        if (!(error instanceof InvalidCursor)) throw error
        return refuse(reply, 'input.invalid', { message: error.message, field: 'cursor' })
      }
    },
  })

  app.route({
    ...operations.readContact,
    handler: async (request, reply) => {
      const grant = await granted(desk, request, reply, { ...request.query, action: 'contact.read' })
      if (!grant) return reply
      const contact = await readContact(desk.db, grant, request.params.id)
      if (contact === 'not-found') return refuse(reply, 'not-found')
      const segments = contact.segments.map((segment) => ({
        ...segment,
        decision: { ...segment.decision, ...ruleThen(desk.versions.all, segment.decision) },
      }))
      return reply.send({ ...contact, segments })
    },
  })

  app.route({
    ...operations.revealCaller,
    handler: async (request, reply) => {
      const grant = await granted(desk, request, reply, { ...request.body, action: 'caller.revealed' })
      if (!grant) return reply
      const caller = await revealCaller(desk.db, grant, request.params.id)
      return caller === 'not-found' ? refuse(reply, 'not-found') : reply.send(caller)
    },
  })

  app.route({
    ...operations.listNumbers,
    handler: async (_request, reply) => {
      return reply.send({
        items: describedNow(desk).numbers.map((number) => ({
          number: number.key,
          display: number.display,
          kind: number.kind,
          name: number.names,
        })),
      })
    },
  })
}
