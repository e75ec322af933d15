import type { FastifyReply } from 'fastify'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions } from '#description/phone-numbers/phone-number.ts'
import type { DirectoryRefusal } from '#safeguards/people/directory-refusal.ts'
import { importPeople } from '#safeguards/people/import/import-people.ts'
import { changePerson, enterIntoDirectory } from '#safeguards/people/keep-people.ts'
import { InvalidPeopleCursor, listPeople } from '#safeguards/people/list-people.ts'
import { readPerson } from '#safeguards/people/read-person.ts'
import { listUnits } from '#safeguards/people/units.ts'
import type { Session } from '#safeguards/people/session.ts'
import { dayAt, dayBegins, dayEnds } from '#safeguards/people/written-values.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { viewPerson, viewSummary } from './directory-view.ts'
import { refuse, refuseImport } from '../refuse.ts'
import type { Routes } from '../routes.ts'

const pageSize = 50
/** A file of people in base64, and what is around it. */
const largestImportBytes = 8_100_000

/** The directory: finding people, one person, entering, changing, a whole file of them. */
export function directoryRoutes(app: Routes, desk: Desk): void {
  const numbering = () => describedNow(desk).numbering

  app.route({
    ...operations.listPeople,
    handler: async (request, reply) => {
      const { session } = request
      const { q, employed = 'now', limit = pageSize, ...search } = request.query
      const phoneKey = q === undefined ? null : normalisePhoneNumber(q, numbering()).key
      try {
        const page = await listPeople(
          desk.db,
          session,
          { ...search, text: q, employed, limit, ...(phoneKey && { phoneKey }) },
          desk.clock.now(),
        )
        if ('refused' in page) return await refuse(reply, page.refused)
        return await reply.send({ ...page, items: page.items.map((person) => viewSummary(person, numbering())) })
      } catch (error) {
        if (!(error instanceof InvalidPeopleCursor)) throw error
        return refuse(reply, 'input.invalid', { message: error.message, field: 'cursor' })
      }
    },
  })

  app.route({
    ...operations.readPerson,
    handler: async (request, reply) => {
      const { session } = request
      return answerPerson(session, reply, request.params.id)
    },
  })

  app.route({
    ...operations.enterPerson,
    handler: async (request, reply) => {
      const { session } = request
      const { phone, employedFrom, employedTo, ...person } = request.body
      const [first, last] = [readDay(employedFrom), readDay(employedTo)]
      if (!first) return refuse(reply, 'person.not-a-day', { field: 'employedFrom' })
      if (last && Temporal.PlainDate.compare(last, first) < 0) {
        return refuse(reply, 'person.ends-before-it-begins', { field: 'employedTo' })
      }
      const entered = await enterIntoDirectory(
        desk.db,
        { session },
        {
          ...person,
          employedFrom: dayBegins(first),
          ...(last && { employedTo: dayEnds(last) }),
          ...(phone !== undefined && phone.trim() !== '' && { phones: [phone] }),
        },
        numbering(),
      )
      if ('refused' in entered) return refuseChange(reply, entered, numbering(), 'phone')
      return answerPerson(session, reply.code(entered.waits ? 202 : 201), entered.id, entered.waits)
    },
  })

  app.route({
    ...operations.changePerson,
    handler: async (request, reply) => {
      const { session } = request
      const { from, addPhone, endPhone, employedTo, ...change } = request.body
      const [first, last] = [readDay(from), readDay(employedTo)]
      if (!first) return refuse(reply, 'person.not-a-day', { field: 'from' })
      if (employedTo && !last) return refuse(reply, 'person.not-a-day', { field: 'employedTo' })
      const changed = await changePerson(
        desk.db,
        { session },
        request.params.id,
        {
          ...change,
          from: dayBegins(first),
          ...(addPhone && { addPhones: [addPhone] }),
          ...(endPhone && { endPhones: [endPhone] }),
          ...(employedTo !== undefined && { employedTo: last ? dayEnds(last) : null }),
        },
        numbering(),
      )
      if ('refused' in changed) return refuseChange(reply, changed, numbering(), addPhone ? 'addPhone' : 'endPhone')
      return answerPerson(session, reply.code(changed.waits ? 202 : 200), request.params.id, changed.waits)
    },
  })

  app.route({
    ...operations.importPeople,
    bodyLimit: largestImportBytes,
    handler: async (request, reply) => {
      const { session } = request
      const result = await importPeople(
        desk.db,
        { session },
        {
          content: Buffer.from(request.body.content, 'base64'),
          tryOnly: request.body.tryOnly,
          numbering: numbering(),
          now: desk.clock.now(),
        },
      )
      if (!('refused' in result)) return reply.send(result)
      if (result.refused === 'import.refused') return refuseImport(reply, result.problems)
      return refuseChange(reply, result, numbering(), 'phone')
    },
  })

  app.route({
    ...operations.listUnits,
    handler: async (_request, reply) => {
      return reply.send({ items: await listUnits(desk.db) })
    },
  })

  async function answerPerson(session: Session, reply: FastifyReply, id: string, waits = false) {
    const now = desk.clock.now()
    const found = await readPerson(desk.db, session, id, now)
    if ('refused' in found) return refuse(reply, found.refused)
    return reply.send({ ...viewPerson(found, numbering(), now), ...(waits && { waits }) })
  }
}

/** What the directory refused, with everything that it says. */
function refuseChange(reply: FastifyReply, refusal: DirectoryRefusal, numbering: NumberingOptions, phoneField: string) {
  switch (refusal.refused) {
    case 'person.phone-taken': {
      const written = displayPhoneNumber(refusal.phoneKey, numbering)
      const until = refusal.until
        ? ` until ${dayAt(refusal.until.subtract({ nanoseconds: 1 })).toString()}`
        : ' until further notice'
      const message = `${written} is the number of ${refusal.by.name} from ${dayAt(refusal.from).toString()}${until}.`
      return refuse(reply, refusal.refused, { message, field: phoneField })
    }
    case 'person.not-a-number':
      return refuse(reply, refusal.refused, { field: phoneField })
    case 'person.user-id-taken':
    case 'person.not-personal':
      return refuse(reply, refusal.refused, { field: 'userId' })
    case 'person.name-missing':
      return refuse(reply, refusal.refused, { field: 'name' })
    case 'person.unknown-supervisor':
    case 'person.circle':
      return refuse(reply, refusal.refused, { field: 'supervisor' })
    default:
      return refuse(reply, refusal.refused, 'field' in refusal ? { field: refusal.field } : {})
  }
}

function readDay(text: string | undefined): Temporal.PlainDate | undefined {
  try {
    return text ? Temporal.PlainDate.from(text, { overflow: 'reject' }) : undefined
  } catch {
    return undefined
  }
}
