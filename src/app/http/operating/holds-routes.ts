import { endOrder, enterOrder, listOrders, renewOrder, type Order } from '#destruction/orders.ts'
import { currentNames } from '#safeguards/people/name-people.ts'
import { registerOperations } from '../answer.ts'
import type { Hold } from '../contract/ends.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'

/** Preservation orders, for the security unit and the decision maker only (Act 806/2011 8:24-26). */
export function holdsRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    listHolds: async ({ session, query }) => {
      const listed = await listOrders(desk.db, session, query.state)
      if ('refused' in listed) return listed
      const people = listed.orders.flatMap((order) => [
        order.entered_by,
        order.ended_by,
        ...order.renewals.map(({ by }) => by),
      ])
      const names = await currentNames(
        desk.db,
        people.filter((id) => id !== null),
      )
      return { items: listed.orders.map((order) => viewOrder(order, names, session.personId)) }
    },

    enterHold: ({ session, body }) => {
      const until = readInstant(body.until)
      if (until === 'invalid') return { refused: 'hold.until-wrong', field: 'until' }
      return enterOrder(desk.db, session, { ...body, until })
    },

    renewHold: ({ session, params, body }) => {
      const until = readInstant(body.until)
      if (until === 'invalid') return { refused: 'hold.until-wrong', field: 'until' }
      return renewOrder(desk.db, session, params.id, { until, orderReference: body.orderReference })
    },

    endHold: ({ session, params, body }) => endOrder(desk.db, session, params.id, body.note),
  })
}

function viewOrder(order: Order, names: Map<string, string>, viewer: string): JsonForm<Hold> {
  const nameOf = (id: string) => names.get(id) ?? id
  const mayChange = order.in_force && order.entered_by !== viewer
  return {
    id: order.id,
    contactId: order.contact_id,
    covers: order.covers,
    provision: order.provision,
    authority: order.authority,
    orderReference: order.order_reference,
    from: order.from_at,
    until: order.until,
    enteredBy: nameOf(order.entered_by),
    renewals: order.renewals.map(({ at, until, orderReference, by }) => ({
      at: Temporal.Instant.from(at),
      until: Temporal.Instant.from(until),
      orderReference,
      by: nameOf(by),
    })),
    ended: order.ended_at && { at: order.ended_at, by: order.ended_by && nameOf(order.ended_by), note: order.end_note },
    state: order.in_force ? 'in-force' : 'ended',
    recordings: order.recordings.map(({ destroyAt, ...recording }) => ({
      ...recording,
      destroyAt: destroyAt && Temporal.Instant.from(destroyAt),
    })),
    waitingProhibitions: Number(order.waiting),
    may: { renew: mayChange, end: mayChange },
  }
}
