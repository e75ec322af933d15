import { sql } from 'kysely'
import { databaseRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
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
  db: SafeguardsDatabase,
  session: Session,
  call: CallToSearch,
  report: ParsedReport,
): Promise<SearchedCall | SearchRefusal> {
  const searched = await requestSearch(db, session, call, report)
  if ('refused' in searched) return searched
  const found = await runSearch(db, session, call.requestId, searched.call)
  return found.refused ? { refused: found.refused } : searched
}

interface CallToSearch {
  requestId: string
  callId?: string | null
}

const requestSearch = databaseRow(
  ({ requestId, callId = null }: CallToSearch, { reported, caller, service }: ParsedReport) => ({
    statement: sql<SearchedCall>`
      select * from request_call_search(${requestId}::uuid, ${callId}::uuid, ${JSON.stringify(reported)}::jsonb, ${caller}, ${service})`,
    refusals,
    action: 'call.looked-for',
    object: { kind: 'request', id: requestId },
  }),
)

const runSearch = databaseRow((requestId: string, call: string) => ({
  statement: sql<{ refused: 'call.named-already' | 'call.fits-another' | null }>`
    select run_call_search(${requestId}::uuid, ${call}::uuid) as refused`,
  refusals,
  action: 'call.looked-for',
  object: { kind: 'request', id: requestId },
}))
