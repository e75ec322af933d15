import { sql, type Kysely } from 'kysely'
import { endDayKeys } from '#safeguards/keys/day-keys.ts'
import { forgetFileKeys } from '#safeguards/keys/rekey-month.ts'
import { endIntakeKeys } from '#safeguards/keys/intake-keys.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'
import { settleMonths } from '#safeguards/keys/retire-versions.ts'
import type { Reached } from '#safeguards/places/copies.ts'
import { objectsElsewhere } from '../recordings/anonymised-copies.ts'
import type { RegisterTables } from '../tables.ts'
import { beginBlocked } from './begin.ts'
import type { Begun, Expunged, Expunging } from './ending.ts'
import { noteDestroyed } from './note-destroyed.ts'
import { removeObjects } from './remove-objects.ts'

const mostAtOnce = 5_000
/** Capture answers sooner, mostly: nobody has to be told that it is waited for. */
const captureSeconds = 5

/** Whether anything that was begun is not at its end: a destruction, a month key that is retired, a copy half written. */
export async function isUnfinished(db: Kysely<RegisterTables>): Promise<boolean> {
  const { rows } = await sql<{ unfinished: boolean }>`
    select exists (select from recording where state = 'DESTROYING')
      or exists (select from month_key where state = 'retiring')
      or exists (select from month_key where state = 'making' and made_at < clock_timestamp() - interval '10 minutes')
      or exists (select from keyring_renewal)
      or exists (select from intake_version where state = 'retiring') as unfinished`.execute(db)
  return rows[0]?.unfinished === true
}

/** Recordings that are being destroyed, by id, after one of them. */
export async function destroyingNow(db: Kysely<RegisterTables>, after: string | undefined): Promise<string[]> {
  let query = db.selectFrom('recording').select('id').where('state', '=', 'DESTROYING').orderBy('id').limit(mostAtOnce)
  if (after !== undefined) query = query.where('id', '>', after)
  return (await query.execute()).map(({ id }) => id)
}

export interface ResumedExpunctions extends Expunged {
  /** Why month keys that are retired still live, whatever waits for them: one line each. */
  months: string[]
}

/** Takes every step after the first, for recordings that are blocked; with none of them, what months still wait for. */
export async function resumeExpunctions(
  expunging: Expunging,
  ids: readonly string[],
  now: Temporal.Instant,
): Promise<ResumedExpunctions> {
  const { db, keys, copies } = expunging
  const begun = await beginBlocked(db, ids)
  const failures = await removeObjects(
    expunging,
    begun.map(({ id }) => id),
  )
  // A disk that keeps a body does not keep its key: these go all the same.
  const forgotten = await forgetFileKeys(db, keys, begun)
  for (const { recordings, error } of forgotten.failures) {
    failures.push(...recordings.map((id) => ({ id, error })))
  }
  const intakeFault = await endIntake(expunging, begun, now)
  const settled = await settleMonths(db, keys, copies, now)
  const failed = new Set(failures.map(({ id }) => id))
  const keyless = await withoutKeys(db, begun)
  // Asked before their objects were removed: what capture has let go since then lies there now.
  const ready = begun.filter(({ id, capturedSince }) => keyless.has(id) && !failed.has(id) && !capturedSince)
  const { reached, away } = await removeCopies(expunging, ready)
  const isOver = ({ deadline }: Begun) => Temporal.Instant.compare(deadline, now) <= 0
  const ending = ready.filter((one) => away.length === 0 || isOver(one))
  failures.push(...(await noteDestroyed(db, ending, reached)))

  const destroyed = await destroyedOf(db, ids)
  const known = new Set([...destroyed, ...failures.map(({ id }) => id)])
  const left = begun.filter(
    ({ id, capturedSince }) =>
      !known.has(id) &&
      (!capturedSince || Temporal.Instant.compare(capturedSince.add({ seconds: captureSeconds }), now) < 0),
  )
  const months = settled.waiting.map(({ month, why }) => `keys of ${month.toString().slice(0, 7)}: ${why}`)
  const why = [...months, ...away].join('; ') || 'another destroyer has it, or its intake key is still needed'
  const faults = [...settled.failures, ...(intakeFault === undefined ? [] : [intakeFault])]
  const [fault, ...more] = faults
  const error = more.length > 0 ? new AggregateError(faults, 'keys could not be destroyed') : fault
  return {
    destroyed,
    waiting:
      error === undefined
        ? left.map(({ id, capturedSince }) => ({ id, why: capturedSince ? 'capture has not let it go' : why }))
        : [],
    failures: error === undefined ? failures : [...failures, ...left.map(({ id }) => ({ id, error }))],
    months,
  }
}

/**
 * Ends what opens their headers: their private intake keys, and what the disk may hold of those that ended when they were taken into
 * keeping. Returns what stood in the way.
 */
async function endIntake({ db, keys }: Expunging, begun: readonly Begun[], now: Temporal.Instant): Promise<unknown> {
  const ids = begun.map(({ id }) => id)
  const overdue = begun.filter(({ isOverdue }) => isOverdue).map(({ id }) => id)
  try {
    await db.transaction().execute((tx) => endIntakeKeys(tx, ids, overdue))
    await renewIntakeKey(db, keys, ids)
    if (await hangOnDayKeys(db, ids)) await endDayKeys(db, keys, now)
    return undefined
  } catch (error) {
    return error
  }
}

/** Returns true when one of them was sealed by an earlier version, whose day key is there still. */
async function hangOnDayKeys(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ hang: boolean }>`
    select exists (
      select from recording r join intake_key k on k.day = r.intake_day and k.private_destroyed_at is null
      where r.id = any (${ids}::uuid[]) and r.intake_key is null
    ) as hang`.execute(db)
  return rows[0]?.hang === true
}

/** Those of whose keys nothing is left: neither a row nor a version under which they lay. */
async function withoutKeys(db: Kysely<RegisterTables>, begun: readonly Begun[]): Promise<Set<string>> {
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

/** What a place that does not even answer has is noise without its keys; the next run tells it again. */
async function removeCopies({ db, copies }: Expunging, ready: readonly Begun[]): Promise<Answer> {
  if (ready.length === 0) return { reached: [], away: [] }
  try {
    const ids = ready.map(({ id }) => id)
    const reached = await copies.deleteObjects(await objectsElsewhere(db, ids))
    return { reached, away: reached.filter((place) => !place.reached).map(said) }
  } catch (error) {
    return { reached: [], away: [`objects in the copies: ${error instanceof Error ? error.message : String(error)}`] }
  }
}

interface Answer {
  reached: Reached[]
  away: string[]
}

async function destroyedOf(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    select id from recording where id = any (${ids}::uuid[]) and state = 'DESTROYED'`.execute(db)
  return rows.map(({ id }) => id)
}

function said({ place, fault }: Reached): string {
  return `${place}: ${fault ?? 'not reached'}`
}
