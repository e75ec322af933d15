import { endOrder, enterOrder, listOrders, renewOrder, type Order } from '#destruction/orders.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import { operations } from '../contract/operations.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Preservation orders: for the security unit and the decision maker; nobody else learns of any (Act 806/2011 8:24-26). */
export function holdsRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.listHolds,
    handler: async (request, reply) => {
      const { session } = request
      const listed = await listOrders(desk.db, session, request.query.state)
      if ('refused' in listed) return refuse(reply, listed.refused)
      const people = listed.orders.flatMap(({ entered_by, ended_by, renewals }) => [
        entered_by,
        ...(ended_by ? [ended_by] : []),
        ...renewals.map(({ by }) => by),
      ])
      const names = await currentNames(desk.db, people)
      return reply.send({ items: listed.orders.map((order) => viewOrder(order, names, session.personId)) })
    },
  })

  app.route({
    ...operations.enterHold,
    handler: async (request, reply) => {
      const { session } = request
      const until = readInstant(request.body.until)
      if (!until || until === 'invalid') return refuse(reply, 'hold.until-wrong', { field: 'until' })
      const entered = await enterOrder(desk.db, session, { ...request.body, until })
      return 'refused' in entered ? refuse(reply, entered.refused) : reply.code(201).send(entered)
    },
  })

  app.route({
    ...operations.renewHold,
    handler: async (request, reply) => {
      const { session } = request
      const until = readInstant(request.body.until)
      if (!until || until === 'invalid') return refuse(reply, 'hold.until-wrong', { field: 'until' })
      const { orderReference } = request.body
      const renewed = await renewOrder(desk.db, session, request.params.id, { until, orderReference })
      return renewed === 'done' ? reply.code(204).send(null) : refuse(reply, renewed.refused)
    },
  })

  app.route({
    ...operations.endHold,
    handler: async (request, reply) => {
      const { session } = request
      const ended = await endOrder(desk.db, session, request.params.id, request.body.note)
      return ended === 'done' ? reply.code(204).send(null) : refuse(reply, ended.refused)
    },
  })
}

function viewOrder(order: Order, names: Map<string, string>, viewer: string) {
  const nameOf = (id: string) => names.get(id) ?? id
  return {
    id: order.id,
    contactId: order.contact_id,
    covers: order.covers,
    provision: order.provision,
    authority: order.authority,
    orderReference: order.order_reference,
    from: order.from_at.toString(),
    until: order.until.toString(),
    enteredBy: nameOf(order.entered_by),
    renewals: order.renewals.map(({ at, until, orderReference, by }) => ({
      at: written(at),
      until: written(until),
      orderReference,
      by: nameOf(by),
    })),
    ...(order.ended_at && {
      ended: {
        at: order.ended_at.toString(),
        ...(order.ended_by && { by: nameOf(order.ended_by) }),
        ...(order.end_note && { note: order.end_note }),
      },
    }),
    state: order.in_force ? ('in-force' as const) : ('ended' as const),
    recordings: order.recordings.map(({ id, destroyAt, isPastTerm }) => ({
      id,
      ...(destroyAt && { destroyAt: written(destroyAt) }),
      isPastTerm,
    })),
    waitingProhibitions: Number(order.waiting),
    may: { renew: order.in_force, end: order.in_force && order.entered_by !== viewer },
  }
}

/** As the database writes instants into JSON, with an offset. */
function written(instant: string): string {
  return Temporal.Instant.from(instant).toString()
}
