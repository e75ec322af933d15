import { extractLooks } from '#use/watch/extract-looks.ts'
import { closeAlarm, listAlarms, seeAlarm, type Alarm } from '#safeguards/watch/alarms.ts'
import { looksAtMyCalls, mostLooks, type LookAtCall } from '#safeguards/watch/extracts.ts'
import {
  listLooksToReview,
  listReviewMonths,
  signOffLooks,
  type LookToReview,
  type ReviewMonth,
} from '#safeguards/watch/reviews.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import { granted } from '../signed-in.ts'

const pageSize = 200
/** A month and a little: an extract of everything at once would be a search through the whole log. */
const longestExtractHours = 35 * 24

/** Alarms and reviews for the data protection officer; extracts for whoever the calls are about (R21, L11). */
export function watchRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listAlarms,
    handler: async (request, reply) => {
      const { session } = request
      const found = await listAlarms(desk.db, session, { state: request.query.state ?? 'any' })
      if ('refused' in found) return refuse(reply, found.refused)
      return reply.send({ items: found.alarms.map(viewAlarm), open: found.open })
    },
  })

  app.route({
    ...operations.seeAlarm,
    handler: async (request, reply) => {
      const { session } = request
      const refused = await seeAlarm(desk.db, session, request.params.id)
      return refused ? refuse(reply, refused.refused) : reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.closeAlarm,
    handler: async (request, reply) => {
      const { session } = request
      const refused = await closeAlarm(desk.db, session, request.params.id, request.body.note)
      return refused ? refuse(reply, refused.refused) : reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.listReviews,
    handler: async (request, reply) => {
      const { session } = request
      const months = await listReviewMonths(desk.db, session, desk.clock.now())
      if ('refused' in months) return refuse(reply, months.refused)
      return reply.send({ items: months.map(viewMonth) })
    },
  })

  app.route({
    ...operations.readReview,
    handler: async (request, reply) => {
      const { session } = request
      const { after = 0, limit = pageSize } = request.query
      const month = Temporal.PlainYearMonth.from(request.params.month)
      const found = await listLooksToReview(desk.db, session, { month, after, limit })
      if ('refused' in found) return refuse(reply, found.refused)
      return reply.send({
        items: found.looks.map(viewLookToReview),
        ...(found.next !== undefined && { next: found.next }),
      })
    },
  })

  app.route({
    ...operations.signOffReview,
    handler: async (request, reply) => {
      const { session } = request
      const month = Temporal.PlainYearMonth.from(request.params.month)
      const refused = await signOffLooks(desk.db, session, month, request.body.note)
      return refused ? refuse(reply, refused.refused) : reply.code(204).send(null)
    },
  })

  app.route({
    ...operations.readLooksAtMyCalls,
    handler: async (request, reply) => {
      const { session } = request
      const [from, to] = [readInstant(request.query.from), readInstant(request.query.to)]
      if (!from || from === 'invalid') return refuse(reply, 'input.invalid', { field: 'from' })
      if (!to || to === 'invalid') return refuse(reply, 'input.invalid', { field: 'to' })
      const hours = to.since(from).total('hours')
      if (hours <= 0 || hours > longestExtractHours) {
        const message = 'The time must end after it begins, and be 35 days at most.'
        return refuse(reply, 'input.invalid', { field: 'to', message })
      }
      const looks = await looksAtMyCalls(desk.db, session, { from, to })
      return reply.send({ items: looks.map(viewLook), isCut: looks.length >= mostLooks })
    },
  })

  app.route({
    ...operations.readLooksAtContact,
    handler: async (request, reply) => {
      const { reference } = request.query
      const asked = { purpose: 'INSPECTION', reference, action: 'extract.read' } as const
      const grant = await granted(desk, request, reply, asked)
      if (!grant) return reply
      const found = await extractLooks(desk.db, grant, request.params.id)
      if (found === 'not-found') return refuse(reply, 'not-found')
      const { contact, looks } = found
      return reply.send({
        contact: {
          id: contact.id,
          startedAt: contact.startedAt.toString(),
          ...(contact.endedAt && { endedAt: contact.endedAt.toString() }),
        },
        madeAt: desk.clock.now().toString(),
        items: looks.map(viewLook),
        isCut: looks.length >= mostLooks,
      })
    },
  })
}

function viewAlarm({ firstAt, lastAt, raisedAt, seenAt, closed, ...alarm }: Alarm) {
  return {
    ...alarm,
    firstAt: firstAt.toString(),
    lastAt: lastAt.toString(),
    raisedAt: raisedAt.toString(),
    ...(seenAt && { seenAt: seenAt.toString() }),
    ...(closed && { closed: { ...closed, at: closed.at.toString() } }),
  }
}

function viewMonth({ month, dueAt, review, ...counts }: ReviewMonth) {
  return {
    ...counts,
    month: month.toString(),
    dueAt: dueAt.toString(),
    ...(review && { review: { ...review, at: review.at.toString() } }),
  }
}

function viewLookToReview({ at, object, ...look }: LookToReview) {
  return { ...look, at: at.toString(), ...(object && { object }) }
}

function viewLook({ at, contact, ...look }: LookAtCall) {
  return {
    ...look,
    at: at.toString(),
    ...(contact && {
      contact: { id: contact.id, ...(contact.startedAt && { startedAt: contact.startedAt.toString() }) },
    }),
  }
}
