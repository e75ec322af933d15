/**
 * Requests sent from the public page (R45): stored in a queue, without reading calls or people. A clerk of the Service Unit
 * accepts each as a numbered request or discards it with a reason.
 */
import { type RawBuilder, sql } from 'kysely'
import type { RequestKind } from '#register/request-tables.ts'
import {
  databaseAct,
  databaseAnswer,
  databaseRow,
  databaseRows,
  refusalOf,
  type Refused,
} from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { type SafeguardsDatabase, safeguardsOf } from '#safeguards/tables.ts'
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

export interface WaitingRequest extends Omit<SentRequest, 'userId'> {
  id: string
  userId: string | null
  receivedAt: Temporal.Instant
  dueAt: Temporal.Instant
  identifiedAt: Temporal.Instant | null
}

/** Lists the waiting requests, oldest first; the view is logged. */
export const listHomeRequests = databaseAnswer(
  () => ({
    statement: sql<WaitingRequest>`
      select id, received_at as "receivedAt", due_at as "dueAt", party, kinds, language,
        jsonb_strip_nulls(jsonb_build_object('name', name, 'address', nullif(address, ''), 'email', nullif(email, ''),
          'phone', nullif(phone, ''))) as requester, told, user_id as "userId", identified_at as "identifiedAt"
      from list_home_requests()`,
    refusals: ['deny.role'],
    action: 'requests.read',
    object: { kind: 'request' },
    detail: { fromHome: true },
  }),
  (items) => ({ items }),
)

/** Counts the waiting requests, for the Service Unit; undefined for others. */
export async function countHomeRequests(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ count: number; since: Temporal.Instant; dueAt: Temporal.Instant } | undefined> {
  const counted = await summariseHomeRequests(db, session)
  if ('refused' in counted) return undefined
  const { count, since, dueAt } = counted
  return since && dueAt ? { count, since, dueAt } : undefined
}

const summariseHomeRequests = databaseRow(() => ({
  statement: sql<{ count: number; since: Temporal.Instant | null; dueAt: Temporal.Instant | null }>`
    select count, since, due_at as "dueAt" from home_request_summary()`,
  refusals: ['deny.role'],
  action: 'requests.read',
  object: { kind: 'request' },
}))

/** Accepts a request from home as a numbered request. A requester who identified strongly stays identified. */
export const acceptHomeRequest = databaseRow((id: string, officialUserId: string | undefined) => ({
  statement: sql<{ id: string; number: string }>`
    select id, number from accept_home_request(${id}::uuid, ${officialUserId ?? null})`,
  refusals: ['deny.role', 'not-found', 'request.official-unknown', 'request.own'],
  action: 'home-request.accepted',
  object: { kind: 'request', id },
}))

export type DiscardReason = 'DUPLICATE' | 'NOT_A_REQUEST' | 'UNREACHABLE' | 'WITHDRAWN'

/** Deletes a request from home; the log has the reason, which a requester who identified reads with the code. Not one's own. */
export const discardHomeRequest = databaseAct((id: string, reason: DiscardReason) => ({
  statement: sql`select discard_home_request(${id}::uuid, ${reason})`,
  refusals: ['deny.role', 'not-found', 'request.own'],
  action: 'home-request.discarded',
  object: { kind: 'request', id },
}))

/** Returns the description of the calls, and whether letters can be fetched at home; undefined for a request that did not come from home. */
export async function readFromHome(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<{ told: string; isFetched: boolean } | undefined> {
  const found = await fromHome(db, session, id)
  return 'refused' in found ? undefined : found[0]
}

const fromHome = databaseRows((id: string) => ({
  statement: sql<{ told: string; isFetched: boolean }>`
    select told, is_fetched as "isFetched" from request_from_home(${id}::uuid)`,
  refusals: ['deny.role'],
  action: 'request.read',
  object: { kind: 'request', id },
}))
