import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { ParsedReport } from './reported-call.ts'

const refusals = [
  'not-found',
  'deny.role',
  'request.closed',
  'request.not-identified',
  'request.not-offered',
  'request.too-many-searches',
  'call.told-too-little',
  'call.named-already',
  'call.matched',
  'call.fits-another',
  'request.own',
  'input.identity-code',
] as const
export type SearchRefusal = Refused<(typeof refusals)[number]>

/** The searched call of the request, found or not, and the request's number. */
export interface SearchedCall {
  call: string
  number: string
}

/**
 * Searches for a call named by the requester (R46), again if they gave more details. Stores only whether none, one or several
 * fit, and which one. The search is logged first, in a transaction of its own: no search without its log entry.
 */
export async function findCall(
  db: Kysely<RegisterTables>,
  session: Session,
  { requestId, callId = null }: { requestId: string; callId?: string | null },
  { reported, caller, service }: ParsedReport,
): Promise<SearchedCall | SearchRefusal> {
  const trace = { action: 'call.looked-for', object: { kind: 'request', id: requestId } } as const
  const search = sql<SearchedCall>`
    select * from request_call_search(${requestId}::uuid, ${callId}::uuid, ${JSON.stringify(reported)}::jsonb, ${caller}, ${service})`
  const searched = await requestRow(db, session, search, refusals, trace)
  if ('refused' in searched) return searched
  const run = sql<{ refused: 'call.named-already' | 'call.fits-another' | null }>`
    select run_call_search(${requestId}::uuid, ${searched.call}::uuid) as refused`
  const found = await requestRow(db, session, run, refusals, trace)
  return found.refused ? { refused: found.refused } : searched
}
