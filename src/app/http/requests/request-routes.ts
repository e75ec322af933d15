import { namePeople } from '#safeguards/people/name-people.ts'
import { listActsOf } from '#use/requests/acts/list-acts.ts'
import { listCallsOf } from '#use/requests/calls/list-calls.ts'
import { changeRequest, enterRequest } from '#use/requests/enter-request.ts'
import {
  acceptHomeRequest,
  discardHomeRequest,
  listHomeRequests,
  readFromHome,
} from '#use/requests/home/home-requests.ts'
import { listRequests } from '#use/requests/list-requests.ts'
import { isOffered, offeredKinds, offeredParties } from '#use/requests/offered-requests.ts'
import { listLettersOf } from '#use/requests/letters/letters.ts'
import { listAppointmentsOf } from '#use/requests/offices/appointments.ts'
import { readRequest } from '#use/requests/read-request.ts'
import { readRequestStatistics } from '#use/requests/request-statistics.ts'
import { assignRequest, closeRequest, extendRequest, identifyRequester } from '#use/requests/serve-request.ts'
import { registerOperations } from '../answer.ts'
import { describedNow, offersIdentification, type Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { peopleOf, viewLetter, viewRequest, viewSummary } from './request-view.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Routes } from '../routes.ts'
import { waitForReadRateLimit } from '../request-session.ts'

/** Routes for requests of callers and officials, from intake to closing, for the Service Unit (R45, R46, L7). */
export function requestRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listRequests: async (request) => {
      const { state = 'open', whose = 'all', find } = request.query
      const { session } = request
      // Only a search by name is rate-limited; pages read the whole queue after every act.
      if (find !== undefined && !(await waitForReadRateLimit(desk, session))) return { refused: 'looks.too-many' }
      const listed = await listRequests(desk.db, session, { state, whose, find })
      if ('refused' in listed) return listed
      const { items, counts, clerks } = listed
      const person = await namePeople(desk.db, [...clerks, ...items.flatMap((one) => peopleOf(one.request))])
      const described = describedNow(desk)
      return {
        items: items.map((one) => viewSummary(one, person)),
        counts,
        clerks: clerks.map((id) => person(id)).sort((one, other) => one.name.localeCompare(other.name, 'fi')),
        mayAsk: offeredKinds(described),
        parties: offeredParties(described),
      }
    },

    enterRequest: ({ session, body }) => {
      const receivedAt = readInstant(body.receivedAt)
      if (receivedAt === 'invalid') return { refused: 'input.invalid', field: 'receivedAt' }
      if (!isOffered(describedNow(desk), body.party, body.kinds)) return notOffered
      return enterRequest(desk.db, session, { ...body, receivedAt })
    },

    listHomeRequests: ({ session }) => listHomeRequests(desk.db, session),
    acceptHomeRequest: async ({ session, params, body }) => {
      const accepted = await acceptHomeRequest(desk.db, session, params.id, body.officialUserId)
      return 'refused' in accepted && accepted.refused === 'request.official-unknown'
        ? { ...accepted, field: 'officialUserId' }
        : accepted
    },
    discardHomeRequest: ({ session, params, body }) => discardHomeRequest(desk.db, session, params.id, body.reason),

    readRequest: async ({ session, params }) => {
      const found = await readRequest(desk.db, session, params.id)
      if ('refused' in found) return found
      const [calls, appointments, letters, acts] = await Promise.all([
        listCallsOf(desk.db, session, found.request),
        listAppointmentsOf(desk.db, session, found.request.id),
        listLettersOf(desk.db, session, found.request.id),
        listActsOf(desk.db, session, found.request.id),
      ])
      if ('refused' in appointments) return appointments
      const senders = letters.flatMap(({ madeBy, delivered }) => [madeBy, delivered?.by])
      const person = await namePeople(desk.db, [...peopleOf(found.request), ...senders])
      return {
        ...viewRequest(found, person),
        ...appointments,
        calls,
        letters: letters.map((letter) => viewLetter(letter, person)),
        ...acts,
        fromHome: found.request.channel === 'HOME' ? await viewFromHome(session, params.id) : undefined,
      }
    },

    changeRequest: async ({ session, params, body }) => {
      const found = await readRequest(desk.db, session, params.id)
      if ('refused' in found) return found
      // Existing kinds stay, even if no longer offered. New kinds must be offered now.
      const { party, kinds } = found.request
      const added = body.kinds.filter((kind) => !kinds.includes(kind))
      if (!isOffered(describedNow(desk), party, added)) return notOffered
      return changeRequest(desk.db, session, params.id, body)
    },

    assignRequest: ({ session, params, body }) => assignRequest(desk.db, session, params.id, body.personId, body.seen),
    identifyRequester: ({ session, params, body }) => identifyRequester(desk.db, session, params.id, body.how),
    extendRequest: ({ session, params, body }) => extendRequest(desk.db, session, params.id, body),

    closeRequest: async ({ session, params, body }) => {
      const closed = await closeRequest(desk.db, session, params.id, body.outcome)
      if (closed === 'done' || closed.refused !== 'request.unfinished' || closed.of === undefined) return closed
      return { ...closed, message: `Unfinished: ${closed.of.replaceAll(',', ', ')}.` }
    },

    readRequestStatistics: ({ session, query }) => {
      const [from, to] = [Temporal.PlainDate.from(query.from), Temporal.PlainDate.from(query.to)]
      return readRequestStatistics(desk.db, session, { from, to })
    },
  })

  async function viewFromHome(session: Session, id: string): ReturnType<typeof readFromHome> {
    const found = await readFromHome(desk.db, session, id)
    return found && { ...found, isFetched: found.isFetched && offersIdentification(desk) }
  }
}

const notOffered = { refused: 'request.not-offered', field: 'kinds' } as const
