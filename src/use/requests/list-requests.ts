import { sql, type Kysely, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { registerTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { factsOf, type RequestRow } from './request-facts.ts'
import { urgencyOf, nextSteps, stateOf, type NextStep, type Urgency, type RequestState } from './request-state.ts'

export interface RequestToList {
  state: 'open' | 'closed'
  whose: 'all' | 'mine' | 'nobodys'
  find?: string | undefined
}

export interface ListedRequest extends Urgency {
  request: RequestRow
  /** Undefined once erased. */
  requesterName: string | undefined
  state: RequestState
  next: NextStep[]
}

export interface Queue {
  items: ListedRequest[]
  counts: { open: number; mine: number; nobodys: number; overdue: number; urgent: number; letters: number }
  /** People who may handle requests: ids of the directory. */
  clerks: string[]
}

/** Most closed requests listed, the newest; older requests are found by number or name. */
const maxClosed = 200

/** Returns the Service Unit's queue, the most urgent first (R45). The view is logged before anything is read. */
export async function listRequests(
  db: Kysely<RegisterTables>,
  session: Session,
  requested: RequestToList,
): Promise<Queue | { refused: 'deny.role' }> {
  return returnRefusal(
    ['deny.role'],
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { state, whose } = requested
      await sql`select record_requests_view(${JSON.stringify({ state, whose, isSearch: requested.find !== undefined })}::jsonb)`.execute(
        tx,
      )
      const now = await registerTime(tx)
      const open = await withStates(tx, await readOpenRequests(tx), now)
      const isMine = ({ request }: ListedRequest) => request.assigned_to === session.personId
      const isNobodys = ({ request }: ListedRequest) => request.assigned_to === null
      const listed = state === 'open' ? open : await withStates(tx, await readClosedRequests(tx, requested.find), now)
      const { rows: clerks } = await sql<{ id: string }>`select id from request_clerks() id`.execute(tx)
      return {
        items: listed
          .filter((one) => whose === 'all' || (whose === 'mine' ? isMine(one) : isNobodys(one)))
          .filter((one) => state === 'closed' || requested.find === undefined || isFound(one, requested.find))
          .sort(state === 'open' ? compareUrgency : () => 0),
        counts: {
          open: open.length,
          mine: open.filter(isMine).length,
          nobodys: open.filter(isNobodys).length,
          overdue: open.filter(({ isOverdue }) => isOverdue).length,
          urgent: open.filter(({ isUrgent }) => isUrgent).length,
          letters: open.reduce((sum, { lettersToSend }) => sum + lettersToSend, 0),
        },
        clerks: clerks.map(({ id }) => id),
      }
    }),
  )
}

type Named = RequestRow & { requester_name: string | null }

function readOpenRequests(tx: Transaction<RegisterTables>): Promise<Named[]> {
  return requests(tx).where('closed_at', 'is', null).execute()
}

function readClosedRequests(tx: Transaction<RegisterTables>, find: string | undefined): Promise<Named[]> {
  const wanted = find?.trim()
  return requests(tx)
    .where('closed_at', 'is not', null)
    .$if(wanted !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('number', 'ilike', `%${escaped(wanted ?? '')}`),
          eb('subject_requester.name', 'ilike', `%${escaped(wanted ?? '')}%`),
        ]),
      ),
    )
    .orderBy('closed_at', 'desc')
    .limit(maxClosed)
    .execute()
}

function requests(tx: Transaction<RegisterTables>) {
  return tx
    .selectFrom('subject_request')
    .leftJoin('subject_requester', 'subject_requester.request_id', 'subject_request.id')
    .selectAll('subject_request')
    .select('subject_requester.name as requester_name')
}

async function withStates(
  tx: Transaction<RegisterTables>,
  rows: readonly Named[],
  now: Temporal.Instant,
): Promise<(ListedRequest & { lettersToSend: number })[]> {
  const facts = await factsOf(tx, rows)
  return rows.map(({ requester_name: name, ...request }) => {
    const known = facts.get(request.id)!
    return {
      request,
      requesterName: name ?? undefined,
      state: stateOf(known),
      next: nextSteps(known),
      ...urgencyOf(known, now),
      lettersToSend: known.letters.filter(({ isDelivered }) => !isDelivered).length,
    }
  })
}

function isFound({ request, requesterName }: ListedRequest, find: string): boolean {
  const wanted = find.trim().toLocaleLowerCase('fi')
  return (
    request.number.toLowerCase().endsWith(wanted) || (requesterName?.toLocaleLowerCase('fi').includes(wanted) ?? false)
  )
}

function escaped(find: string): string {
  return find.replace(/[\\%_]/g, '\\$&')
}

/** Sorts urgent ones first, then by the earlier of the answer's due time and the recording's end. */
function compareUrgency(one: ListedRequest, other: ListedRequest): number {
  const first = ({ request, firstEnd }: ListedRequest) =>
    Math.min(request.due_at.epochMilliseconds, firstEnd?.epochMilliseconds ?? Infinity)
  return Number(other.isUrgent) - Number(one.isUrgent) || first(one) - first(other)
}
