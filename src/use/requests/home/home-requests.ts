/**
 * Requests sent from the public page (R45): stored in a queue, without reading calls or people. A clerk of the Service Unit
 * accepts each as a numbered request or discards it with a reason.
 */
import { sql, type RawBuilder } from 'kysely'
import type { RequestKind } from '#register/request-tables.ts'
import {
  refusalOf,
  requestAct,
  requestDatabase,
  requestRow,
  type Refused,
} from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'
import type { Requester } from '../enter-request.ts'

/** A request as sent, with or without identification. */
export interface SentRequest {
  party: 'CALLER' | 'OFFICIAL'
  kinds: readonly RequestKind[]
  language: 'fi' | 'sv' | 'en'
  requester: Requester
  /** Description of the calls, in the requester's words. */
  told: string
  /** OFFICIAL: the user id as given; nobody checks it before a clerk does. */
  userId?: string | undefined
}

/** Maximum lengths of texts, in characters; the database has the same. */
export const maxLengths = { name: 200, address: 500, email: 254, phone: 40, told: 2000, userId: 64 }

const sendRefusals = ['home.full', 'input.identity-code'] as const
export type SendRefusal = Refused<(typeof sendRefusals)[number]>

/** Stores a request of a requester who has not identified. `of` of `input.identity-code` names the field. */
export function sendRequest(db: SafeguardsDatabase, request: SentRequest): Promise<'sent' | SendRefusal> {
  return runSubmission(db, sql`select submit_home_request(${argumentsOf(request)})`)
}

/** Stores a request of a requester who has identified to this process, the custodian. */
export function sendIdentifiedRequest(
  db: SafeguardsDatabase,
  request: SentRequest,
  { at, digest }: { at: Temporal.Instant; digest: Buffer },
): Promise<'sent' | SendRefusal> {
  return runSubmission(
    db,
    sql`select submit_identified_home_request(${argumentsOf(request)}, ${at}::timestamptz, ${digest}::bytea)`,
  )
}

async function runSubmission(db: SafeguardsDatabase, statement: RawBuilder<unknown>): Promise<'sent' | SendRefusal> {
  try {
    await statement.execute(safeguardsOf(db))
    return 'sent'
  } catch (error) {
    const refused = refusalOf(error, sendRefusals)
    if (!refused) throw error
    return refused
  }
}

function argumentsOf({ party, kinds, language, requester, told, userId }: SentRequest): RawBuilder<unknown> {
  const { name, address, email, phone } = requester
  return sql`${party}, ${[...kinds].sort()}::text[], ${language}, jsonb_strip_nulls(jsonb_build_object('name', ${name}::text,
    'address', ${address ?? null}::text, 'email', ${email ?? null}::text, 'phone', ${phone ?? null}::text)), ${told}, ${userId ?? null}`
}

export interface WaitingRequest extends SentRequest {
  id: string
  receivedAt: Temporal.Instant
  dueAt: Temporal.Instant
  identifiedAt: Temporal.Instant | undefined
}

interface WaitingRow {
  id: string
  received_at: Temporal.Instant
  due_at: Temporal.Instant
  party: 'CALLER' | 'OFFICIAL'
  kinds: RequestKind[]
  language: 'fi' | 'sv' | 'en'
  name: string
  address: string | null
  email: string | null
  phone: string | null
  told: string
  user_id: string | null
  identified_at: Temporal.Instant | null
}

/** Lists the waiting requests, oldest first; the view is logged. */
export async function listHomeRequests(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ items: WaitingRequest[] } | Refused<'deny.role'>> {
  const statement = sql<WaitingRow>`select * from list_home_requests()`
  const trace = { action: 'requests.read', object: { kind: 'request' }, detail: { fromHome: true } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace)
  if ('refused' in answer) return answer
  return {
    items: answer.rows.map(({ name, address, email, phone, ...row }) => ({
      id: row.id,
      receivedAt: row.received_at,
      dueAt: row.due_at,
      party: row.party,
      kinds: row.kinds,
      language: row.language,
      requester: { name, ...(address && { address }), ...(email && { email }), ...(phone && { phone }) },
      told: row.told,
      userId: row.user_id ?? undefined,
      identifiedAt: row.identified_at ?? undefined,
    })),
  }
}

/** Counts the waiting requests, for the Service Unit; undefined for others. */
export async function countHomeRequests(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ count: number; since: Temporal.Instant; dueAt: Temporal.Instant } | undefined> {
  const statement = sql<{ count: number; since: Temporal.Instant | null; due_at: Temporal.Instant | null }>`
    select * from home_request_summary()`
  const trace = { action: 'requests.read', object: { kind: 'request' } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace)
  if ('refused' in answer) return undefined
  const [row] = answer.rows
  return row?.since && row.due_at ? { count: row.count, since: row.since, dueAt: row.due_at } : undefined
}

const acceptRefusals = ['deny.role', 'not-found', 'request.official-unknown', 'request.own'] as const

/** Accepts a request from home as a numbered request. A requester who identified strongly stays identified. */
export function acceptHomeRequest(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  officialUserId: string | undefined,
): Promise<{ id: string; number: string } | Refused<(typeof acceptRefusals)[number]>> {
  return requestRow(
    db,
    session,
    sql<{ id: string; number: string }>`
      select id, number from accept_home_request(${id}::uuid, ${officialUserId ?? null})`,
    acceptRefusals,
    { action: 'home-request.accepted', object: { kind: 'request', id } },
  )
}

const discardRefusals = ['deny.role', 'not-found', 'request.own'] as const

export type DiscardReason = 'DUPLICATE' | 'NOT_A_REQUEST' | 'UNREACHABLE' | 'WITHDRAWN'

/** Deletes a request from home; the log has the reason, which a requester who identified reads with the code. Not one's own. */
export function discardHomeRequest(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  reason: DiscardReason,
): Promise<'done' | Refused<(typeof discardRefusals)[number]>> {
  const statement = sql`select discard_home_request(${id}::uuid, ${reason})`
  const trace = { action: 'home-request.discarded', object: { kind: 'request', id } } as const
  return requestAct(db, session, statement, discardRefusals, trace)
}

/** Returns the description of the calls, and whether letters can be fetched at home; undefined for a request that did not come from home. */
export async function readFromHome(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<{ told: string; isFetched: boolean } | undefined> {
  const statement = sql<{ told: string; is_fetched: boolean }>`select * from request_from_home(${id}::uuid)`
  const trace = { action: 'request.read', object: { kind: 'request', id } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace)
  if ('refused' in answer) return undefined
  const [row] = answer.rows
  return row && { told: row.told, isFetched: row.is_fetched }
}
