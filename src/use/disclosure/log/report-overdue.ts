import { sql } from 'kysely'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { safeguardsOf } from '#safeguards/tables.ts'

export interface OverdueDisclosure {
  id: string
  number: string
  /** When the copies were due. */
  deadline: Temporal.Instant
  unconfirmed: number
}

/** Returns and logs overdue disclosures, each once a day in Helsinki (AC19). Runs as the custodian. */
export async function reportOverdue(database: SafeguardsDatabase): Promise<OverdueDisclosure[]> {
  const { rows } = await sql<OverdueDisclosure>`
    select id, number, deadline, unconfirmed::integer from report_overdue_disclosures() order by deadline, number`.execute(
    safeguardsOf(database),
  )
  return rows
}
