/**
 * The sweep. In: the time. Out: every recording and every history entry whose term is over, expunged. It runs every
 * hour; what it has not reached yet is not shown either (register/read.ts and row-level security look at the terms).
 * Never here: an end before its term (R23), an end by hand.
 */
import type { Expunging } from '#register/expunge.ts'
import { endKeys } from './end-keys.ts'
import { sweepHistory } from './sweep-history.ts'
import { sweepRecordings } from './sweep-recordings.ts'

export interface Swept {
  recordings: number
  contacts: number
  /** Months of history dropped: 2025-09. */
  months: string[]
  monthKeys: string[]
  intakeDays: string[]
  /** Why what is blocked is not yet destroyed in every copy: one line each. */
  waiting: string[]
}

/**
 * Expunges what is due at `now` (R22, R24) and destroys the keys whose time is over. What fails does not keep the rest.
 * @throws AggregateError with what could not be destroyed, after everything else was
 */
export async function sweep(expunging: Expunging, now: Temporal.Instant): Promise<Swept> {
  const { destroyed: recordings, failures, waiting } = await sweepRecordings(expunging, now)
  const { contacts, months } = await sweepHistory(expunging.db)
  // A recording the database would not let go may mean that our clock runs ahead: keys stay until that is cleared up.
  if (failures.length > 0) {
    throw new AggregateError(
      failures.map(({ error }) => error),
      `${failures.length} recordings could not be destroyed`,
    )
  }
  return { recordings, contacts, months, waiting, ...(await endKeys(expunging, now)) }
}
