import type { FastifyReply } from 'fastify'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { rolesInEffect } from '#description/roles.ts'
import { findCandidates, listHolders } from '#safeguards/access/find-holders.ts'
import {
  decideRightRequest,
  requestRights,
  reviewRight,
  revokeRight,
  withdrawRightRequest,
  type ProcedureRefusal,
  type ProcedureRefusalCode,
} from '#safeguards/access/procedure.ts'
import {
  listRequests,
  listReview,
  readRequest,
  readRight,
  readRightsOf,
  type RequestRecord,
} from '#safeguards/access/read-procedure.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import type { Session } from '#safeguards/people/session.ts'
import { unitNames } from '#safeguards/people/units.ts'
import { dayBegins, dayEnds } from '#safeguards/people/written-values.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refusals, refuse } from '../refuse.ts'
import { contextOf, viewHeld, viewRequest } from './rights-view.ts'
import type { Routes } from '../routes.ts'

const pageSize = 50
const mostCandidates = 20
const zone = 'Europe/Helsinki'

/** The access-authorisation procedure: asking, deciding, reviewing, revoking, and who may see what (R36-R38). */
export function rightsRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readRightsOffer,
    handler: async (request, reply) => {
      const { session } = request
      const { q: text, person: id } = request.query
      const { asksFor, candidates } = await findCandidates(desk.db, session, { text, id, limit: mostCandidates })
      return reply.send({
        roles: rolesInEffect(describedNow(desk)).map(({ role, duty, purposes, scope }) => ({
          role,
          ...(duty && { duty }),
          purposes: purposes.map(({ purpose }) => purpose),
          scope,
        })),
        asksFor,
        people: candidates.map(({ id, name, userId, unit, employedTo, units }) => ({
          id,
          name,
          userId,
          ...(unit !== null && { unit }),
          ...(employedTo && { employedTo: employedTo.toString() }),
          supervises: units,
        })),
      })
    },
  })

  app.route({
    ...operations.requestRights,
    handler: async (request, reply) => {
      const { session } = request
      const { from, until, units = [], numbers = [], ...asked } = request.body
      const [first, last] = [readDay(from), readDay(until)]
      if (first === 'invalid') return refuse(reply, 'right.from-wrong', { field: 'from' })
      if (!last || last === 'invalid') return refuse(reply, 'right.until-wrong', { field: 'until' })
      const made = await requestRights(desk.db, session, {
        ...asked,
        units,
        numbers,
        ...(first && { from: dayBegins(first) }),
        until: dayEnds(last),
      })
      if ('refused' in made) return refuseProcedure(reply, made)
      const items: RequestRecord[] = []
      for (const id of made.requests) {
        const record = await readRequest(desk.db, session, id)
        if (!('refused' in record)) items.push(record)
      }
      return reply.code(201).send({ items: await viewAll(items) })
    },
  })

  app.route({
    ...operations.listRightRequests,
    handler: async (request, reply) => {
      const { session } = request
      const records = await listRequests(desk.db, session, request.query.state ?? 'all')
      return reply.send({ items: await viewAll(records) })
    },
  })

  app.route({
    ...operations.decideRightRequest,
    handler: async (request, reply) => {
      const { session } = request
      const decided = await decideRightRequest(desk.db, session, request.params.id, request.body)
      if ('refused' in decided) return refuseProcedure(reply, decided, 'note')
      return answerRequest(session, reply, request.params.id)
    },
  })

  app.route({
    ...operations.withdrawRightRequest,
    handler: async (request, reply) => {
      const { session } = request
      const withdrawn = await withdrawRightRequest(desk.db, session, request.params.id)
      if ('refused' in withdrawn) return refuseProcedure(reply, withdrawn)
      return answerRequest(session, reply, request.params.id)
    },
  })

  app.route({
    ...operations.listRightHolders,
    handler: async (request, reply) => {
      const { session } = request
      const { q: text, role, cursor, limit = pageSize } = request.query
      const after = cursor === undefined ? undefined : readCursor(cursor)
      if (after === 'invalid') return refuse(reply, 'input.invalid', { field: 'cursor' })
      const page = await listHolders(desk.db, session, { text, role, after, limit })
      if ('refused' in page) return refuse(reply, page.refused)
      const last = page.holders.at(-1)
      return reply.send({
        items: page.holders.map(({ id, name, userId, unit, roles, until }) => ({
          id,
          name,
          userId,
          ...(unit !== null && { unit }),
          roles: roles.map(({ role, duty }) => ({ role, ...(duty && { duty }) })),
          ...(until && { until: until.toString() }),
        })),
        total: page.total,
        ...(page.isMore && last && { next: writeCursor(last) }),
      })
    },
  })

  app.route({
    ...operations.readPersonsRights,
    handler: async (request, reply) => {
      const { session } = request
      const { id } = request.params
      const found = await readRightsOf(desk.db, session, id, desk.clock.now())
      if ('refused' in found) return refuse(reply, found.refused)
      const [context, { candidates }] = await Promise.all([
        contextOf(desk, [...found.rights, ...found.requests], [id]),
        findCandidates(desk.db, session, { id, limit: 1 }),
      ])
      const { userId, unit, employedTo } = found.person
      return reply.send({
        person: {
          ...context.person(id),
          userId,
          ...(unit !== null && { unit }),
          ...(employedTo && { employedTo: employedTo.toString() }),
        },
        rights: found.rights.map((right) => viewHeld(right, context)),
        requests: found.requests.map((one) => viewRequest(one, context)),
        mayRequest: candidates.length > 0,
      })
    },
  })

  app.route({
    ...operations.listRightsToReview,
    handler: async (request, reply) => {
      const { session } = request
      const now = desk.clock.now()
      const found = await listReview(desk.db, session, now)
      if ('refused' in found) return refuse(reply, found.refused)
      const context = await contextOf(desk, found.rights)
      return reply.send({
        items: found.rights.map((right) => viewHeld(right, context)),
        left: found.left,
        overdue: found.overdue,
        reviewed: found.reviewed,
        quarterEnds: quarterEnds(now).toString(),
      })
    },
  })

  app.route({
    ...operations.reviewRight,
    handler: async (request, reply) => {
      const { session } = request
      const reviewed = await reviewRight(desk.db, session, request.params.id, request.body)
      if ('refused' in reviewed) return refuseProcedure(reply, reviewed, 'note')
      return answerRight(session, reply, request.params.id)
    },
  })

  app.route({
    ...operations.revokeRight,
    handler: async (request, reply) => {
      const { session } = request
      const revoked = await revokeRight(desk.db, session, request.params.id, request.body.reason)
      if ('refused' in revoked) return refuseProcedure(reply, revoked, 'reason')
      return answerRight(session, reply, request.params.id)
    },
  })

  async function viewAll(records: readonly RequestRecord[]) {
    const context = await contextOf(desk, records)
    return records.map((record) => viewRequest(record, context))
  }

  async function answerRequest(session: Session, reply: FastifyReply, id: string) {
    const record = await readRequest(desk.db, session, id)
    if ('refused' in record) return refuse(reply, record.refused)
    return reply.send(viewRequest(record, await contextOf(desk, [record])))
  }

  async function answerRight(session: Session, reply: FastifyReply, id: string) {
    const record = await readRight(desk.db, session, id, desk.clock.now())
    if ('refused' in record) return refuse(reply, record.refused)
    return reply.send(viewHeld(record, await contextOf(desk, [record])))
  }

  /** What the procedure refused, with whom or what it speaks of in words. */
  async function refuseProcedure(reply: FastifyReply, { refused, of }: ProcedureRefusal, noteField?: string) {
    const [status, sentence] = refusals[refused]
    const named = of === undefined ? undefined : await nameOf(refused, of)
    const field = refused === 'right.note-missing' ? noteField : fieldOf[refused]
    return reply.code(status).send({
      error: {
        code: refused,
        message: named ? `${named}: ${sentence}` : sentence,
        ...(field && { field }),
        ...(named && { of: named }),
      },
    })
  }

  async function nameOf(refused: ProcedureRefusalCode, of: string): Promise<string | undefined> {
    if (refused === 'right.number-unknown') return displayPhoneNumber(of, describedNow(desk).numbering)
    if (refused === 'right.no-officials') return (await unitNames(desk.db)).get(of)
    return (await currentNames(desk.db, [of])).get(of)
  }
}

/** The field of the request that a refusal speaks of. */
const fieldOf: Partial<Record<ProcedureRefusalCode, string>> = {
  'right.not-yours': 'people',
  'right.person-missing': 'people',
  'right.not-employed': 'people',
  'right.beyond-employment': 'until',
  'right.role-unknown': 'role',
  'right.duty-missing': 'duty',
  'right.purpose-missing': 'purposes',
  'right.purpose-unknown': 'purposes',
  'right.scope-wrong': 'role',
  'right.unit-missing': 'units',
  'right.no-officials': 'units',
  'right.number-missing': 'numbers',
  'right.number-unknown': 'numbers',
  'right.reason-missing': 'reason',
  'right.from-wrong': 'from',
  'right.until-wrong': 'until',
  'right.already-requested': 'people',
}

function readDay(text: string | undefined): Temporal.PlainDate | undefined | 'invalid' {
  try {
    return text === undefined ? undefined : Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return 'invalid'
  }
}

function quarterEnds(now: Temporal.Instant): Temporal.Instant {
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  const first = today.with({ month: Math.floor((today.month - 1) / 3) * 3 + 1, day: 1 })
  return dayBegins(first.add({ months: 3 }))
}

function writeCursor({ name, id }: { name: string; id: string }): string {
  return Buffer.from(JSON.stringify([name, id])).toString('base64url')
}

function readCursor(cursor: string): { name: string; id: string } | 'invalid' {
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (typeof name === 'string' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) return { name, id }
  } catch {
    // Answered as any other cursor that is none of ours.
  }
  return 'invalid'
}
