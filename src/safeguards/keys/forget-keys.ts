import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { KeyStore } from './key-store.ts'
import { rekeyMonth } from './rekey-month.ts'

export interface Forgotten {
  /** Months that could not be made new, and why; their recordings have their keys still. */
  failures: { recordings: string[]; error: unknown }[]
}

/**
 * Forgets file keys: each month that has some of them is made new without them, in one transaction a month. They are gone
 * from the live database then, and from everywhere once the versions are destroyed under which they lay.
 */
export async function forgetFileKeys(
  holding: HoldingSafeguards,
  store: KeyStore,
  recordings: readonly { id: string; deadline: Temporal.Instant }[],
): Promise<Forgotten> {
  const rows = await safeguardsOf(holding)
    .selectFrom('recording_key')
    .select(['recording_id', 'expiry_month'])
    .where('recording_id', '=', sql<string>`any (${recordings.map(({ id }) => id)}::uuid[])`)
    .execute()
  const deadlines = new Map(recordings.map(({ id, deadline }) => [id, deadline]))
  const failures: Forgotten['failures'] = []
  for (const inMonth of Map.groupBy(rows, (row) => row.expiry_month.toString()).values()) {
    const ids = inMonth.map((row) => row.recording_id)
    const deadline = ids.map((id) => deadlines.get(id)!).reduce(earlier)
    try {
      await rekeyMonth(holding, store, { month: inMonth[0]!.expiry_month, recordings: ids, deadline })
    } catch (error) {
      failures.push({ recordings: ids, error })
    }
  }
  return { failures }
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) <= 0 ? one : other
}
