import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { registerTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Requester } from './enter-request.ts'
import { factsOf, type RequestRow } from './request-facts.ts'
import {
  urgencyOf,
  nextSteps,
  stateOf,
  type NextStep,
  type Urgency,
  type RequestState,
  type Unfinished,
} from './request-state.ts'

export interface ReadRequest extends Urgency {
  request: RequestRow
  /** Undefined once erased. */
  requester: ({ [Field in keyof Requester]-?: string | null } & { name: string }) | undefined
  state: RequestState
  next: NextStep[]
  /** Obstacles to closing the request as answered. */
  unfinished: readonly Unfinished[]
  /** Obstacles to closing the request as refused or withdrawn. */
  unfinishedOtherwise: Record<'REFUSED' | 'WITHDRAWN', readonly Unfinished[]>
}

/** Returns a request without its calls, appointments, letters and acts, which are read separately. The view is logged first. */
export async function readRequest(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<ReadRequest | { refused: 'deny.role' | 'not-found' }> {
  return returnRefusal(
    ['deny.role', 'not-found'],
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<RequestRow>`select * from view_request(${id}::uuid)`.execute(tx)
      const request = rows[0]!
      const requester = await tx
        .selectFrom('subject_requester')
        .select(['name', 'address', 'email', 'phone'])
        .where('request_id', '=', id)
        .executeTakeFirst()
      const facts = (await factsOf(tx, [request])).get(id)!
      const closing = await sql<{ needs: ReadRequest['unfinishedOtherwise'] }>`
        select closing_blockers_by_outcome(${id}::uuid) as needs`.execute(tx)
      return {
        request,
        requester,
        state: stateOf(facts),
        next: nextSteps(facts),
        unfinished: facts.unfinished,
        unfinishedOtherwise: closing.rows[0]!.needs,
        ...urgencyOf(facts, await registerTime(tx)),
      }
    }),
  )
}
