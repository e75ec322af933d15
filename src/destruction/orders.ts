/**
 * Preservation orders (Act 806/2011 chapter 8 sections 24-26), for the security unit and the decision maker only. Nobody renews
 * or ends an order that they entered, and no order lasts longer than three calendar months from entry or renewal; the database
 * enforces both rules.
 */
import { sql } from 'kysely'
import { databaseAct, databaseAnswer, databaseRow } from '#safeguards/access/database-request.ts'

export interface OrderToEnter {
  contactId: string
  covers: 'recordings' | 'history' | 'both'
  provision: string
  authority: string
  orderReference: string
  until: Temporal.Instant
  /** Case under which the call was found. */
  reference: string
}

/** Preservation order, for those who may know of it. People are given by id. */
export interface Order {
  id: string
  contact_id: string
  covers: OrderToEnter['covers']
  provision: string
  authority: string
  order_reference: string
  from_at: Temporal.Instant
  until: Temporal.Instant
  entered_by: string
  ended_at: Temporal.Instant | null
  ended_by: string | null
  end_note: string | null
  in_force: boolean
  renewals: { at: string; until: string; orderReference: string; by: string }[]
  recordings: { id: string; destroyAt: string | null; isPastTerm: boolean }[]
  waiting: number
}

/**
 * Enters an order, in force at once.
 * @returns its id
 */
export const enterOrder = databaseRow((order: OrderToEnter) => {
  const { contactId, covers, provision, authority, orderReference, until, reference } = order
  return {
    statement: sql<{ id: string }>`
      select enter_order(${contactId}::uuid, ${covers}, ${provision}, ${authority}, ${orderReference},
        ${until}::timestamptz, ${reference}) as id`,
    refusals: ['not-found', 'deny.role', 'deny.reference', 'hold.own', 'hold.until-wrong', 'hold.nothing-left'],
    action: 'hold.entered',
    object: { kind: 'contact', id: contactId },
  }
})

/** Renews an order in force, to at most three calendar months from now. Refused to the person who entered it (`hold.own`). */
export const renewOrder = databaseAct(
  (id: string, { until, orderReference }: { until: Temporal.Instant; orderReference: string }) => ({
    statement: sql`select renew_order(${id}::uuid, ${until}::timestamptz, ${orderReference})`,
    refusals: ['not-found', 'deny.role', 'hold.own', 'hold.until-wrong', 'hold.over'],
    action: 'hold.renewed',
    object: { kind: 'hold', id },
  }),
)

/**
 * Ends a revoked order. Refused to the person who entered the order (`hold.own`). Recordings that only the order kept past
 * their term are destroyed.
 */
export const endOrder = databaseAct((id: string, note: string) => ({
  statement: sql`select end_order(${id}::uuid, ${note})`,
  refusals: ['not-found', 'deny.role', 'hold.own', 'hold.over', 'confirm.fresh'],
  action: 'hold.ended',
  object: { kind: 'hold', id },
}))

/** Returns orders, newest first, and the recordings that they keep. */
export const listOrders = databaseAnswer(
  (state: 'in-force' | 'ended' | undefined) => ({
    statement: sql<Order>`select * from list_orders(${state ?? null})`,
    refusals: ['deny.role'],
    action: 'holds.read',
    object: { kind: 'hold' },
  }),
  (orders) => ({ orders }),
)
