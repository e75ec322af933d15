import { sql, type Transaction } from 'kysely'
import type { RegisterTables } from './tables.ts'

/** Ends the call once no segment is ongoing; every retention term is counted from that end (R22, R25). */
export async function settleCallEnd(
  tx: Transaction<RegisterTables>,
  contact: { id: string; startedAt: Temporal.Instant },
  inferred: boolean,
): Promise<void> {
  await sql`select settle_call_end(${contact.id}::uuid, ${contact.startedAt}::timestamptz, ${inferred})`.execute(tx)
}
