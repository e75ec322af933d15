import { sql, type Kysely } from 'kysely'
import { destroyUnneededDayKeys } from '#safeguards/keys/day-keys.ts'
import { deleteFileKeys } from '#safeguards/keys/rekey-month.ts'
import { deleteIntakeKeys } from '#safeguards/keys/intake-keys.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'
import { destroyRetiredVersions } from '#safeguards/keys/retire-versions.ts'
import type { Reached } from '#safeguards/places/copies.ts'
import { replicatedObjectsOf } from '../recordings/anonymised-copies.ts'
import type { RegisterTables } from '../tables.ts'
import { beginBlocked } from './begin.ts'
import type { BegunExpunction, ExpunctionResult, ExpunctionContext } from './expunction-types.ts'
import { recordDestroyed } from './record-destroyed.ts'
import { removeObjects } from './remove-objects.ts'

const maxBatch = 5_000
/** Time for capture to release its files. A recording is reported as waiting for capture only after it. */
const captureSeconds = 5

/** Returns true while a destruction, a month-key retirement or a keyring copy is unfinished. */
export async function isUnfinished(db: Kysely<RegisterTables>): Promise<boolean> {
  const { rows } = await sql<{ unfinished: boolean }>`
    select exists (select from recording where state = 'DESTROYING')
      or exists (select from month_key where state = 'retiring')
      or exists (select from month_key where state = 'making' and made_at < clock_timestamp() - interval '10 minutes')
      or exists (select from keyring_renewal)
      or exists (select from intake_version where state = 'retiring') as unfinished`.execute(db)
  return rows[0]?.unfinished === true
}

/** Returns ids of recordings in state DESTROYING, ascending, after the given id. */
export async function listDestroying(db: Kysely<RegisterTables>, after: string | undefined): Promise<string[]> {
  let query = db.selectFrom('recording').select('id').where('state', '=', 'DESTROYING').orderBy('id').limit(maxBatch)
  if (after !== undefined) query = query.where('id', '>', after)
  return (await query.execute()).map(({ id }) => id)
}

export interface ResumedExpunctions extends ExpunctionResult {
  /** Why retired month keys still exist: one line each. */
  months: string[]
}

/** Runs every step after the first for blocked recordings; without any, reports why retired month keys still exist. */
export async function resumeExpunctions(
  expunging: ExpunctionContext,
  ids: readonly string[],
  now: Temporal.Instant,
): Promise<ResumedExpunctions> {
  const { db, keys, copies } = expunging
  const begun = await beginBlocked(db, ids)
  const failures = await removeObjects(
    expunging,
    begun.map(({ id }) => id),
  )
  // Keys are destroyed even if a disk keeps the body.
  const deletion = await deleteFileKeys(db, keys, begun)
  for (const { recordings, error } of deletion.failures) {
    failures.push(...recordings.map((id) => ({ id, error })))
  }
  const intakeFault = await destroyIntakeKeys(expunging, begun, now)
  const settled = await destroyRetiredVersions(db, keys, copies, now)
  const failed = new Set(failures.map(({ id }) => id))
  const keyless = await withoutKeys(db, begun)
  // `releaseRequestedAt` was read before the removal of objects: all that capture stored before its release has been removed.
  const ready = begun.filter(({ id, releaseRequestedAt }) => keyless.has(id) && !failed.has(id) && !releaseRequestedAt)
  const { reached, unreached } = await removeCopies(expunging, ready)
  const hasExpired = ({ deadline }: BegunExpunction) => Temporal.Instant.compare(deadline, now) <= 0
  const ending = ready.filter((one) => unreached.length === 0 || hasExpired(one))
  failures.push(...(await recordDestroyed(db, ending, reached)))

  const destroyed = await destroyedOf(db, ids)
  const known = new Set([...destroyed, ...failures.map(({ id }) => id)])
  const left = begun.filter(
    ({ id, releaseRequestedAt }) =>
      !known.has(id) &&
      (!releaseRequestedAt || Temporal.Instant.compare(releaseRequestedAt.add({ seconds: captureSeconds }), now) < 0),
  )
  const months = settled.waiting.map(({ month, why }) => `keys of ${month.toString().slice(0, 7)}: ${why}`)
  const reason = [...months, ...unreached].join('; ') || 'locked by another process, or its intake key is still needed'
  const faults = [...settled.failures, ...(intakeFault === undefined ? [] : [intakeFault])]
  const [fault, ...more] = faults
  const error = more.length > 0 ? new AggregateError(faults, 'cannot destroy keys') : fault
  return {
    destroyed,
    waiting:
      error === undefined
        ? left.map(({ id, releaseRequestedAt }) => ({
            id,
            why: releaseRequestedAt ? 'capture has not released it' : reason,
          }))
        : [],
    failures: error === undefined ? failures : [...failures, ...left.map(({ id }) => ({ id, error }))],
    months,
  }
}

/**
 * Destroys the private intake keys of recordings, and the remains on disk of those deleted at ingestion. Returns the error
 * that prevented it.
 */
async function destroyIntakeKeys(
  { db, keys }: ExpunctionContext,
  begun: readonly BegunExpunction[],
  now: Temporal.Instant,
): Promise<unknown> {
  const ids = begun.map(({ id }) => id)
  const overdue = begun.filter(({ isOverdue }) => isOverdue).map(({ id }) => id)
  try {
    await db.transaction().execute((tx) => deleteIntakeKeys(tx, ids, overdue))
    await renewIntakeKey(db, keys, ids)
    if (await dependOnDayKeys(db, ids)) await destroyUnneededDayKeys(db, keys, now)
    return undefined
  } catch (error) {
    return error
  }
}

/** Returns true if a recording was sealed by an earlier version to a day key that still exists. */
async function dependOnDayKeys(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ depends: boolean }>`
    select exists (
      select from recording r join intake_key k on k.day = r.intake_day and k.private_destroyed_at is null
      where r.id = any (${ids}::uuid[]) and r.intake_key is null
    ) as depends`.execute(db)
  return rows[0]?.depends === true
}

/** Returns the recordings without any key left: no intake key, no key row, no month-key version that wrapped their keys. */
async function withoutKeys(db: Kysely<RegisterTables>, begun: readonly BegunExpunction[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select r.id from recording r
    where r.id = any (${begun.map(({ id }) => id)}::uuid[])
      and not intake_key_lives(r.intake_key, r.intake_day)
      and not exists (select from recording_key k where k.recording_id = r.id)
      and not exists (
        select from file_key_end e join month_key m on m.expiry_month = e.expiry_month and m.version <= e.version
        where e.recording_id = r.id and m.state in ('current', 'retiring')
      )`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/**
 * Deletes the objects of recordings from the backup places. In an unreachable place they cannot be decrypted without their keys;
 * the next run tries again.
 */
async function removeCopies(
  { db, copies }: ExpunctionContext,
  ready: readonly BegunExpunction[],
): Promise<CopyRemoval> {
  if (ready.length === 0) return { reached: [], unreached: [] }
  try {
    const ids = ready.map(({ id }) => id)
    const reached = await copies.deleteObjects(await replicatedObjectsOf(db, ids))
    return { reached, unreached: reached.filter((place) => !place.reached).map(describeReached) }
  } catch (error) {
    return {
      reached: [],
      unreached: [`objects in the copies: ${error instanceof Error ? error.message : String(error)}`],
    }
  }
}

interface CopyRemoval {
  reached: Reached[]
  unreached: string[]
}

async function destroyedOf(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    select id from recording where id = any (${ids}::uuid[]) and state = 'DESTROYED'`.execute(db)
  return rows.map(({ id }) => id)
}

function describeReached({ place, fault }: Reached): string {
  return `${place}: ${fault ?? 'not reached'}`
}
