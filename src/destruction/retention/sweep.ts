/**
 * Hourly sweep: expunges every recording and history entry whose term is over. Expired data are hidden even before the sweep
 * (register/view-under-grant.ts and row-level security check the terms). Nothing ends before its term (R23).
 */
import type { ExpunctionContext } from '#register/expunge.ts'
import { destroyUnneededKeys } from './destroy-unneeded-keys.ts'
import { sweepHistory } from './sweep-history.ts'
import { sweepRecordings } from './sweep-recordings.ts'

export interface Swept {
  recordings: number
  contacts: number
  /** Dropped months of history: 2025-09. */
  months: string[]
  monthKeys: string[]
  intakeDays: string[]
  /** Why blocked recordings are not yet destroyed in every copy: one line each. */
  waiting: string[]
}

/**
 * Expunges what is due at `now` (R22, R24) and destroys keys that are no longer needed. A failure does not stop the rest.
 * @throws AggregateError with the failures, after everything else
 */
export async function sweep(expunging: ExpunctionContext, now: Temporal.Instant): Promise<Swept> {
  const { destroyed: recordings, failures, waiting } = await sweepRecordings(expunging, now)
  const { contacts, months } = await sweepHistory(expunging.db)
  // If the database refused a recording, our clock may be ahead: keys are not destroyed until that is resolved.
  if (failures.length > 0) {
    throw new AggregateError(
      failures.map(({ error }) => error),
      `${failures.length} recordings could not be destroyed`,
    )
  }
  return { recordings, contacts, months, waiting, ...(await destroyUnneededKeys(expunging, now)) }
}
