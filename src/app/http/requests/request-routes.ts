import type { FastifyReply } from 'fastify'
import { currentNames } from '#safeguards/people/current-names.ts'
import { listActsOf } from '#use/requests/acts/list-acts.ts'
import { listCallsOf } from '#use/requests/calls/list-calls.ts'
import { changeRequest, enterRequest } from '#use/requests/enter-request.ts'
import { listRequests } from '#use/requests/list-requests.ts'
import { isOffered, offeredKinds, offeredParties } from '#use/requests/offered-requests.ts'
import { listLettersOf } from '#use/requests/letters/letters.ts'
import { listAppointmentsOf } from '#use/requests/offices/appointments.ts'
import { readRequest } from '#use/requests/read-request.ts'
import { readRequestStatistics } from '#use/requests/request-statistics.ts'
import { assignRequest, closeRequest, extendRequest, identifyRequester } from '#use/requests/serve-request.ts'
import { viewAppointment } from './appointment-view.ts'
import { operations } from '../contract/operations.ts'
import type { RequestCall } from '../contract/request-calls.ts'
import { describedNow, type Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse, type RefusalCode } from '../refuse.ts'
import { peopleOf, viewLetter, viewRequest, viewSummary } from './request-view.ts'
import type { Routes } from '../routes.ts'
import { turnHasCome } from '../signed-in.ts'

/** Requests of callers and officials, from intake to closing, for the Service Unit (R45, R46, L7). */
export function requestRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listRequests,
    handler: async (request, reply) => {
      const { state = 'open', whose = 'all', find } = request.query
      const { session } = request
      // The queue is asked again after every act: it is no look in a mass. Looking for somebody by name is one.
      if (find !== undefined && !(await turnHasCome(desk, request, reply))) return reply
      const listed = await listRequests(desk.db, session, { state, whose, find })
      if ('refused' in listed) return refuse(reply, listed.refused)
      const { items, counts, clerks } = listed
      const names = await currentNames(desk.db, [...clerks, ...items.flatMap((one) => peopleOf(one.request))])
      const described = describedNow(desk)
      return reply.send({
        items: items.map((one) => viewSummary(one, names)),
        counts,
        clerks: clerks
          .map((id) => ({ id, name: names.get(id) ?? id }))
          .sort((one, other) => one.name.localeCompare(other.name, 'fi')),
        mayAsk: offeredKinds(described),
        parties: offeredParties(described),
      })
    },
  })

  app.route({
    ...operations.enterRequest,
    handler: async (request, reply) => {
      const { session } = request
      const { party, kinds } = request.body
      const receivedAt = readInstant(request.body.receivedAt)
      if (!receivedAt || receivedAt === 'invalid') return refuse(reply, 'input.invalid', { field: 'receivedAt' })
      if (!isOffered(describedNow(desk), party, kinds)) return refuse(reply, 'request.not-offered', { field: 'kinds' })
      const entered = await enterRequest(desk.db, session, { ...request.body, receivedAt })
      return 'refused' in entered ? refuseAct(reply, entered) : reply.code(201).send(entered)
    },
  })

  app.route({
    ...operations.readRequest,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readRequest(desk.db, session, request.params.id)
      if ('refused' in found) return refuse(reply, found.refused)
      const [calls, appointments, letters, acts] = await Promise.all([
        listCallsOf(desk.db, session, found.request),
        listAppointmentsOf(desk.db, session, found.request.id),
        listLettersOf(desk.db, session, found.request.id),
        listActsOf(desk.db, session, found.request.id),
      ])
      if ('refused' in appointments) return refuse(reply, appointments.refused)
      const senders = letters.flatMap(({ madeBy, delivered }) =>
        [madeBy, delivered?.by].filter((id) => id !== undefined),
      )
      const names = await currentNames(desk.db, [...peopleOf(found.request), ...senders])
      return reply.send({
        ...viewRequest(found, names),
        calls: calls as RequestCall[],
        appointments: appointments.appointments.map(viewAppointment),
        letters: letters.map((letter) => viewLetter(letter, names)),
        ...acts,
      })
    },
  })

  app.route({
    ...operations.changeRequest,
    handler: async (request, reply) => {
      const { session } = request
      const found = await readRequest(desk.db, session, request.params.id)
      if ('refused' in found) return refuse(reply, found.refused)
      // What was offered when it was entered stays; nothing is added that is not offered now.
      const { party, kinds } = found.request
      const added = request.body.kinds.filter((kind) => !kinds.includes(kind))
      if (!isOffered(describedNow(desk), party, added)) return refuse(reply, 'request.not-offered', { field: 'kinds' })
      return answer(reply, await changeRequest(desk.db, session, request.params.id, request.body))
    },
  })

  app.route({
    ...operations.assignRequest,
    handler: async (request, reply) => {
      const { session } = request
      const { personId, seen } = request.body
      return answer(reply, await assignRequest(desk.db, session, request.params.id, personId, seen))
    },
  })

  app.route({
    ...operations.identifyRequester,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await identifyRequester(desk.db, session, request.params.id, request.body.how))
    },
  })

  app.route({
    ...operations.extendRequest,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await extendRequest(desk.db, session, request.params.id, request.body))
    },
  })

  app.route({
    ...operations.closeRequest,
    handler: async (request, reply) => {
      const { session } = request
      return answer(reply, await closeRequest(desk.db, session, request.params.id, request.body.outcome))
    },
  })

  app.route({
    ...operations.readRequestStatistics,
    handler: async (request, reply) => {
      const { session } = request
      const [from, to] = [Temporal.PlainDate.from(request.query.from), Temporal.PlainDate.from(request.query.to)]
      const counted = await readRequestStatistics(desk.db, session, { from, to })
      return 'refused' in counted ? refuse(reply, counted.refused) : reply.send(counted)
    },
  })
}

type Refusal = { refused: RefusalCode; of?: string }

function answer(reply: FastifyReply, done: 'done' | Refusal) {
  return done === 'done' ? reply.code(204).send(null) : refuseAct(reply, done)
}

/** With the field that is wrong, or what is unfinished. */
function refuseAct(reply: FastifyReply, { refused, of }: Refusal) {
  const isUnfinished = refused === 'request.unfinished'
  return refuse(reply, refused, {
    ...(of !== undefined && { field: of }),
    ...(isUnfinished && of !== undefined && { message: `Unfinished: ${of.replaceAll(',', ', ')}.` }),
  })
}
