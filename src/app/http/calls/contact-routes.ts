import { InvalidCursor, listContacts } from '#use/search/list-contacts.ts'
import { readContact, revealCaller } from '#use/search/read-contact.ts'
import { registerOperations } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import { ruleOfDecision } from '../description/rule-of-decision.ts'
import { grantForRequest } from '../request-session.ts'

const pageSize = 50

/** Routes for searching the contact history, reading a contact, revealing its caller, and the number registry. */
export function contactRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listContacts: async (request) => {
      const { purpose, reference, from, to, limit = pageSize, ...search } = request.query
      const times = { from: readInstant(from), to: readInstant(to) }
      if (times.from === 'invalid' || times.to === 'invalid') {
        return { refused: 'input.invalid', field: times.from === 'invalid' ? 'from' : 'to' }
      }
      const grant = await grantForRequest(desk, request, { purpose, reference, action: 'contacts.listed' })
      if ('refused' in grant) return grant
      try {
        return await listContacts(desk.db, grant, { ...search, from: times.from, to: times.to, limit })
      } catch (error) {
        if (!(error instanceof InvalidCursor)) throw error
        return { refused: 'input.invalid', message: error.message, field: 'cursor' }
      }
    },

    readContact: async (request) => {
      const grant = await grantForRequest(desk, request, { ...request.query, action: 'contact.read' })
      if ('refused' in grant) return grant
      const contact = await readContact(desk.db, grant, request.params.id)
      if (contact === 'not-found') return { refused: 'not-found' }
      const segments = contact.segments.map((segment) => ({
        ...segment,
        decision: { ...segment.decision, ...ruleOfDecision(desk.versions.all, segment.decision) },
      }))
      return { ...contact, segments }
    },

    revealCaller: async (request) => {
      const grant = await grantForRequest(desk, request, { ...request.body, action: 'caller.revealed' })
      if ('refused' in grant) return grant
      const caller = await revealCaller(desk.db, grant, request.params.id)
      return caller === 'not-found' ? { refused: 'not-found' } : caller
    },

    listNumbers: () => ({
      items: describedNow(desk).numbers.map((number) => ({
        number: number.key,
        display: number.display,
        kind: number.kind,
        name: number.names,
      })),
    }),
  })
}
