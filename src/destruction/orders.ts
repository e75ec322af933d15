/**
 * Preservation orders (Act 806/2011 chapter 8 sections 24-26), for the security unit and the decision maker only. Nobody renews
 * or ends an order that they entered, and no order lasts longer than three calendar months from entry or renewal; the database
 * enforces both rules.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, requestDatabase, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

const enterRefusals = [
  'not-found',
  'deny.role',
  'deny.reference',
  'hold.own',
  'hold.until-wrong',
  'hold.nothing-left',
] as const
const renewRefusals = ['not-found', 'deny.role', 'hold.own', 'hold.until-wrong', 'hold.over'] as const
const endRefusals = ['not-found', 'deny.role', 'hold.own', 'hold.over', 'confirm.fresh'] as const

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
export function enterOrder(
  db: Kysely<RegisterTables>,
  session: Session,
  order: OrderToEnter,
): Promise<{ id: string } | Refused<(typeof enterRefusals)[number]>> {
  const { contactId, covers, provision, authority, orderReference, until, reference } = order
  return requestRow(
    db,
    session,
    sql<{ id: string }>`
      select enter_order(${contactId}::uuid, ${covers}, ${provision}, ${authority}, ${orderReference},
        ${until}::timestamptz, ${reference}) as id`,
    enterRefusals,
    { action: 'hold.entered', object: { kind: 'contact', id: contactId } },
  )
}

/** Renews an order in force, to at most three calendar months from now. Refused to the person who entered it (`hold.own`). */
export function renewOrder(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  { until, orderReference }: { until: Temporal.Instant; orderReference: string },
): Promise<'done' | Refused<(typeof renewRefusals)[number]>> {
  const statement = sql`select renew_order(${id}::uuid, ${until}::timestamptz, ${orderReference})`
  const trace = { action: 'hold.renewed', object: { kind: 'hold', id } } as const
  return requestAct(db, session, statement, renewRefusals, trace)
}

/**
 * Ends a revoked order. Refused to the person who entered the order (`hold.own`). Recordings that only the order kept past
 * their term are destroyed.
 */
export function endOrder(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  note: string,
): Promise<'done' | Refused<(typeof endRefusals)[number]>> {
  const trace = { action: 'hold.ended', object: { kind: 'hold', id } } as const
  return requestAct(db, session, sql`select end_order(${id}::uuid, ${note})`, endRefusals, trace)
}

/** Returns orders, newest first, and the recordings that they keep. */
export async function listOrders(
  db: Kysely<RegisterTables>,
  session: Session,
  state: 'in-force' | 'ended' | undefined,
): Promise<{ orders: Order[] } | Refused<'deny.role'>> {
  const statement = sql<Order>`select * from list_orders(${state ?? null})`
  const trace = { action: 'holds.read', object: { kind: 'hold' } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace)
  return 'refused' in answer ? answer : { orders: answer.rows }
}
