import type { Generated } from 'kysely'

/** Table of runs (database/functions/evidence/proofs.sql). */
export interface RunTables {
  retention_run: {
    seq: Generated<number>
    at: Generated<Temporal.Instant>
    work: 'sweep' | 'verification' | 'backup' | 'restore'
    result: 'ok' | 'failed'
    recordings: Generated<number>
    contacts: Generated<number>
    months: Generated<string[]>
    keys: Generated<number>
    /** First and last ledger entry of the run. */
    ledger_from: number | null
    ledger_to: number | null
    fault: string | null
    /** For a verification that continues another day: the last recording verified. */
    goes_on_after: string | null
  }
}
