import { sql, type Selectable, type Transaction } from 'kysely'
import type { RequestTables } from '#register/request-tables.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { RequestFacts } from './request-state.ts'

export type RequestRow = Selectable<RequestTables['subject_request']>

interface FactsRow extends Pick<
  RequestFacts,
  'calls' | 'letters' | 'appointments' | 'copies' | 'corrections' | 'unfinished'
> {
  request_id: string
  is_decided: boolean
  first_end: Temporal.Instant | null
}

/** Returns the facts of requests (database/functions/requests/closing.sql) by id, as the viewer's session may see them. */
export async function factsOf(
  tx: Transaction<RegisterTables>,
  requests: readonly RequestRow[],
): Promise<Map<string, RequestFacts>> {
  if (requests.length === 0) return new Map()
  const ids = requests.map(({ id }) => id)
  const { rows } = await sql<FactsRow>`select * from request_facts(${ids}::uuid[])`.execute(tx)
  const found = new Map(rows.map((row) => [row.request_id, row]))
  return new Map(
    requests.map((request) => {
      const row = found.get(request.id)
      if (!row) throw new Error(`the request ${request.number} has no facts: request_facts() left it out`)
      const { request_id: _, is_decided, first_end, ...done } = row
      return [
        request.id,
        {
          ...done,
          party: request.party,
          kinds: request.kinds,
          isIdentified: request.identified_at !== null,
          isClosed: request.closed_at !== null,
          isExtended: request.extended_at !== null,
          dueAt: request.due_at,
          isDecided: is_decided,
          firstEnd: first_end ?? undefined,
        },
      ]
    }),
  )
}
