import { sql } from 'kysely'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
import { safeguardsOf } from '#safeguards/tables.ts'

export interface OverdueDisclosure {
  id: string
  number: string
  /** When the copies should have been back. */
  deadline: Temporal.Instant
  unconfirmed: number
}

/** Disclosures whose copies should be back, each once a day of Helsinki (AC19); that it was told is in the log. As the custodian. */
export async function tellOverdue(holding: HoldingSafeguards): Promise<OverdueDisclosure[]> {
  const { rows } = await sql<OverdueDisclosure>`
    select id, number, deadline, unconfirmed::integer from tell_overdue() order by deadline, number`.execute(
    safeguardsOf(holding),
  )
  return rows
}
