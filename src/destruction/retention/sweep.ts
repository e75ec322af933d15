/**
 * The sweep. In: the time. Out: every recording and every history entry whose term is over, expunged. It runs every
 * hour; what it has not reached yet is not shown either (register/read.ts and row-level security look at the terms).
 * Never here: an end before its term (R23), an end by hand.
 */
import type { Kysely } from 'kysely'
import { recordingTerms } from '#description/terms.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { expungeRecording } from '#register/expunge.ts'
import type { RegisterTables } from '#register/tables.ts'
import { destroyOldIntakeKeys } from '#safeguards/keys/intake-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { destroyPastMonthKeys } from '#safeguards/keys/recording-keys.ts'
import { sweepHistory } from './sweep-history.ts'

const batch = 500
/** Before every id. */
const nobody = '00000000-0000-0000-0000-000000000000'
/** A recording whose call never got an end gets its terms from its beginning after this long. */
const endlessAfterDays = 2

export interface Swept {
  recordings: number
  contacts: number
  /** Months of history dropped: 2025-09. */
  months: string[]
  monthKeys: string[]
  intakeDays: string[]
}

/**
 * Expunges what is due at `now` (R22, R24) and destroys the keys whose time is over. What fails does not keep the rest.
 * @throws AggregateError with what could not be destroyed, after everything else was
 */
export async function sweep(
  db: Kysely<RegisterTables>,
  objects: ObjectStore,
  keys: KeyStore,
  now: Temporal.Instant,
): Promise<Swept> {
  await giveTermsToEndless(db, now)
  const { ended: recordings, failures } = await sweepRecordings(db, objects, now)
  const history = await sweepHistory(db)
  // A recording the database would not let go may mean that our clock runs ahead: keys stay until that is cleared up.
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} recordings could not be destroyed`)
  const month = now.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 })
  const monthKeys = await destroyPastMonthKeys(db, keys, month)
  const intakeDays = await destroyOldIntakeKeys(db, keys, now)
  return {
    recordings,
    contacts: history.contacts,
    months: history.months,
    monthKeys,
    intakeDays: intakeDays.map((day) => day.toString()),
  }
}

async function sweepRecordings(
  db: Kysely<RegisterTables>,
  objects: ObjectStore,
  now: Temporal.Instant,
): Promise<{ ended: number; failures: unknown[] }> {
  let ended = 0
  let after = nobody
  const failures: unknown[] = []
  for (;;) {
    const due = await db
      .selectFrom('recording')
      .select('id')
      .where('state', '!=', 'DESTROYED')
      .where((eb) => eb.or([eb('destroy_at', '<=', now), eb('state', '=', 'DESTROYING')]))
      .where('id', '>', after)
      .orderBy('id')
      .limit(batch)
      .execute()
    for (const { id } of due) {
      after = id
      try {
        await expungeRecording(db, objects, { id, cause: 'retention', doneBy: 'sweep' }, now)
        ended++
      } catch (error) {
        failures.push(error)
      }
    }
    if (due.length < batch) return { ended, failures }
  }
}

async function giveTermsToEndless(db: Kysely<RegisterTables>, now: Temporal.Instant): Promise<void> {
  const endless = await db
    .selectFrom('recording')
    .select(['id', 'started_at', 'recording_months'])
    .where('destroy_at', 'is', null)
    .where('state', 'not in', ['DESTROYING', 'DESTROYED'])
    .where('started_at', '<', now.subtract({ hours: 24 * endlessAfterDays }))
    .execute()
  for (const recording of endless) {
    const terms = recordingTerms(recording.started_at, recording.recording_months)
    await db
      .updateTable('recording')
      .set({
        min_keep_until: terms.minKeepUntil,
        destroy_at: terms.destroyAt,
        // Without it the recording could not be taken into keeping.
        expiry_month: terms.destroyAt.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 }),
      })
      .where('id', '=', recording.id)
      .where('destroy_at', 'is', null)
      .execute()
  }
}
