/** Promises about the retention of recordings: minimum term, maximum term, and the audio that was served. */
import { shortestTerms } from '#description/terms.ts'
import { sql } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { keylessRecordings } from '#safeguards/keys/keyless-recordings.ts'
import { bodyKey, indexKey, recordingObjects } from '#register/recordings/objects.ts'
import { queryOne, isSwept, monthsAfter } from './evidence-queries.ts'
import { sweepGraceHours } from './history-promises.ts'
import { lostTimes, unloggedTimes } from './lost-times.ts'
import type { Check, CheckContext } from './promise.ts'

type FloorFacts = {
  months: number
  destroyedByTerm: number
  /** Recordings destroyed for the caller, the official or a statutory cause: not bound by the floor (R51). */
  destroyedOtherwise: number
  early: number
  /** Stored recordings that no key opens. */
  keyless: number
  /** Preservation orders and cases in force by the log, and not in the register, or not as entered. */
  unprotected: number
  example: string | null
}

/** R23. */
export const recordingsFloor: Check<FloorFacts> = {
  rule: 'According to the recordings’ rows and to the ledger, no recording was destroyed because its term or its preservation order ended, before the term by the rules, before its promised floor, or before two calendar months had passed since the call’s end and its beginning. None was destroyed for its caller or official before its term without a prohibition that is in the audit log, and no ingested recording was destroyed by trimming before that. No held recording has an earlier floor, and each stored recording has its file key, its shard key and a month key that the key store has. The register has every preservation order and open case that the audit log has, as entered.',
  test: {
    file: 'src/destruction/retention/sweep.test.ts',
    title: 'the database refuses, even if the sweep’s clock had jumped half a year ahead (R23)',
  },
  remedy:
    'The example is the id of a recording. The database refuses such a destruction: find out who disabled its triggers, and when. If the recording still exists, its keys do not: restore its rows of recording_key, shard_key and month_key. If the example is the id of an order or a case, the audit log has its call: enter the order again at once, before the recording is destroyed.',
  async check(context) {
    const { db, version, versions } = context
    const months = version.description.terms.recordingFloorMonths
    const [lost, unlogged] = [await lostTimes(context), await unloggedTimes(context)]
    const leastMonths = shortestTerms(versions.flatMap(({ description }) => description.recordingPlan.rules))
    // At the ceiling recordings end a day early. A skipped or repeated local time makes a difference of an hour. A call ends after its
    // beginning, which the log's count of admissions has.
    const due = sql`(greatest(call_ended_at, contact_started_at) at time zone 'Europe/Helsinki' + make_interval(months =>
      greatest(recording_months, (${JSON.stringify(leastMonths)}::jsonb ->> number_reached)::integer)))
      at time zone 'Europe/Helsinki' - interval '25 hours'`
    const floor = sql`(greatest(${monthsAfter('call_ended_at', months)}, ${monthsAfter('contact_started_at', months)}) - interval '1 hour')`
    const row = await queryOne(
      db,
      sql<{ term: number; otherwise: number; early: string[] }>`
        select
          -- Recordings kept by an order count as ended by their term: the order is not revealed.
          count(*) filter (where state = 'DESTROYED' and cause in ('retention', 'hold-end')) as term,
          count(*) filter (where state = 'DESTROYED' and cause not in ('retention', 'hold-end')) as otherwise,
          -- A local time that is skipped or repeated makes an hour's difference.
          coalesce(array_agg(id::text) filter (where
            (state <> 'DESTROYED' and min_keep_until < ${floor})
            -- The cause and time in the row, and those in the ledger.
            or exists (select from (
                select cause, destroyed_at where state = 'DESTROYED' or destroyed_at is not null
                union all
                select d.cause, d.at from destruction_entry d where d.object_kind = 'recording' and d.object_id = recording.id
              ) t (ended, ended_at)
              where (ended in ('retention', 'hold-end') and (ended_at < min_keep_until or ended_at < ${floor}
                  -- A restore may have lost the shortening of a term.
                  or ended_at < ${due} and not (ended_at <@ ${lost}::tstzmultirange and started_at <= ended_at)))
                -- Only a recording that was never ingested can be in quarantine.
                or (ended = 'trimming' and ended_at < greatest(min_keep_until, ${floor})
                  and (kept_at is not null or exists (
                    select from audit_entry e where e.object_id = recording.id and e.action = 'recording.kept')))
                -- A recording destroyed in an interval lost by a restore may have lost its prohibition too.
                or (ended in ('caller', 'official') and ended_at < greatest(min_keep_until, ${floor}, ${due})
                  and not (ended_at <@ ${lost}::tstzmultirange and started_at <= ended_at) and not exists (
                    select from prohibition p where p.recording_id = recording.id and lower(p.party) = ended
                      and prohibition_is_logged(p, ${unlogged}::tstzmultirange))))
          ), '{}') as early
        from recording`,
    )
    const keyless = await keylessRecordings(db, context.keys)
    const { ids: unprotected } = await queryOne(
      db,
      sql<{ ids: string[] }>`
        select coalesce(array_agg(id::text), '{}') as ids from protections_taken_away(${unlogged}::tstzmultirange) id`,
    )
    return {
      holds: row.early.length === 0 && keyless.length === 0 && unprotected.length === 0,
      facts: {
        months,
        destroyedByTerm: row.term,
        destroyedOtherwise: row.otherwise,
        early: row.early.length,
        keyless: keyless.length,
        unprotected: unprotected.length,
        example: row.early[0] ?? keyless[0] ?? unprotected[0] ?? null,
      },
    }
  },
  more: ({ keyless, unprotected }, { number, part }) => ({
    keyless: keyless > 0 ? part('promise.recordings.floor.keyless', { count: keyless, number: number(keyless) }) : '',
    unprotected:
      unprotected > 0
        ? part('promise.recordings.floor.unprotected', { count: unprotected, number: number(unprotected) })
        : '',
  }),
}

type CeilingFacts = {
  months: number
  held: number
  oldestExpiresAt: string | null
  lastSweepAt: string | null
  overdue: number
  /** Objects, file keys and month-key versions left of destroyed recordings. */
  leftovers: number
  /** Destroyed recordings without a ledger entry. */
  withoutEntry: number
  /** Ingested recordings whose body or index the store lacks, up to a thousand. */
  withoutAudio: number
  storeListedAt: string | null
  example: string | null
}

/** State of the object store between two listings. */
type StoreMemo = {
  listedAt: string
  /** Keys of objects that are left of destroyed recordings. */
  strays: string[]
  /**
   * Ids of recordings that the database does not know, with the instant first seen. A call being ingested is unknown at
   * first.
   */
  unclaimed: Record<string, string>
  /** Ids of ingested recordings whose body or index the store lacks. Memos of earlier versions have none. */
  missing?: string[]
}

const listStoreEveryMinutes = 55
/** Longest time that an object may wait for its row in the database. */
const unclaimedHours = 24
const maxMissing = 1_000
/** Of objects of recordings and of their copies. */
const prefixes = ['recordings/', 'anonymised/', 'copies/']
const idOfKey = /^[a-z]+\/([0-9a-f-]{36})[./]/

/** R24. */
export const recordingsCeiling: Check<CeilingFacts> = {
  rule: `No recording exists more than ${sweepGraceHours} hours past its day of destruction, or past its ingestion if that was later. None exists six calendar months after the call’s end, or six months and a day after its beginning. The sweep has run within ${sweepGraceHours} hours. Of a destroyed recording no object is left, nor of its copies, and no file key or version of a month key; each destroyed recording has its entry in the destruction ledger. The store has the audio and the index of each ingested recording.`,
  test: {
    file: 'src/destruction/retention/sweep.test.ts',
    title: 'a recording’s object, index and key are destroyed, its row states that and the ledger has one entry',
  },
  remedy:
    'The custodian’s log has the reason why the sweep does not run or what it could not destroy, such as a failing disk or a wrong clock. The example names an object or key that is left, and nobody can listen to it meanwhile; or a recording whose audio is gone: copy it back from a backup place, and find out who deleted it.',
  async check(context, memo) {
    const { db, now, version } = context
    const months = version.description.terms.recordingCeilingMonths
    const limit = now.subtract({ hours: sweepGraceHours })
    const lost = await unloggedTimes(context)
    const row = await queryOne(
      db,
      sql<{
        held: number
        oldest: Temporal.Instant | null
        overdue: string[]
        swept: Temporal.Instant | null
        keys: string[]
        late: string[]
        unledgered: string[]
      }>`
        with due as (
          -- Recordings kept past their day by a statute or an open case break no promise and are not revealed here; an order
          -- or a case without its log entry keeps nothing.
          select r.* from recording r left join lateral (select recording_end_decision(r) as ends where r.destroy_at <= ${now}) e on true
          where state <> 'DESTROYED' and not wait_is_logged(r, e.ends, ${lost}::tstzmultirange)
        )
        select
          (select count(*) from due) as held,
          (select min(destroy_at) from due) as oldest,
          (select coalesce(array_agg(id::text), '{}') from due
            where
              -- A call that waited long for the database is ingested past its day: the next sweep destroys it.
              greatest(destroy_at, kept_at) <= ${limit}
              or ${monthsAfter('call_ended_at', months)} <= ${now}
              -- The beginning of the call is checked as well, because the log's count of admissions has it. At the
              -- ceiling recordings end a day early.
              or least(started_at, contact_started_at) <= ${limit}::timestamptz - ${sql.lit(`${months} months`)}::interval - interval '1 day'
            ) as overdue,
          (select at from work_done where work = 'sweep') as swept,
          (select coalesce(array_agg(k.recording_id::text), '{}') from recording_key k
            where not exists (select from recording r where r.id = k.recording_id and r.state <> 'DESTROYED')) as keys,
          -- A version is destroyed with its copies, or at its deadline without them.
          (select coalesce(array_agg('month-' || to_char(expiry_month, 'YYYY-MM') || '.v' || version), '{}') from month_key
            where state = 'retiring' and deadline <= ${limit}) as late,
          -- A unique index prevents a second entry.
          (select coalesce(array_agg(r.id::text), '{}') from recording r where r.state = 'DESTROYED'
            and not exists (select from destruction_entry d where d.object_id = r.id and d.object_kind = 'recording')) as unledgered`,
    )
    const store = await checkStore(context, memo as StoreMemo | undefined)
    const monthKeys = await leftoverMonthKeys(context)
    const unclaimed = Object.entries(store.unclaimed)
      .filter(
        ([, from]) => Temporal.Instant.compare(Temporal.Instant.from(from).add({ hours: unclaimedHours }), now) < 0,
      )
      .map(([id]) => `object of ${id}`)
    const leftovers = [
      ...row.keys.map((id) => `key of ${id}`),
      ...row.late,
      ...monthKeys,
      ...store.strays,
      ...unclaimed,
    ]
    const missing = store.missing ?? []
    const sweptInTime = isSwept(row.swept, limit, now)
    return {
      holds:
        row.overdue.length === 0 &&
        leftovers.length === 0 &&
        row.unledgered.length === 0 &&
        missing.length === 0 &&
        sweptInTime,
      facts: {
        months,
        held: row.held,
        oldestExpiresAt: row.oldest?.toString() ?? null,
        lastSweepAt: row.swept?.toString() ?? null,
        overdue: row.overdue.length,
        leftovers: leftovers.length,
        withoutEntry: row.unledgered.length,
        withoutAudio: missing.length,
        storeListedAt: store.listedAt,
        example: row.overdue[0] ?? leftovers[0] ?? row.unledgered[0] ?? missing[0] ?? null,
      },
      memo: store,
    }
  },
  more: ({ oldestExpiresAt: oldest, lastSweepAt, leftovers: left, withoutAudio }, { day, number, sweep, part }) => ({
    oldest: oldest ? part('promise.recordings.ceiling.oldest', { at: day(oldest) }) : '',
    sweep: sweep(lastSweepAt),
    left: left > 0 ? part('promise.recordings.ceiling.left', { count: left, number: number(left) }) : '',
    audio:
      withoutAudio > 0
        ? part('promise.recordings.ceiling.audio', { count: withoutAudio, number: number(withoutAudio) })
        : '',
  }),
}

/** Lists the whole store hourly. In between checks only earlier findings and recordings destroyed since the last listing. */
async function checkStore(context: CheckContext, before: StoreMemo | undefined): Promise<StoreMemo> {
  const { now } = context
  const listed = before?.listedAt === undefined ? undefined : Temporal.Instant.from(before.listedAt)
  if (
    !before ||
    !listed ||
    context.afresh ||
    Temporal.Instant.compare(
      listed.add({ seconds: Math.round(listStoreEveryMinutes * 60 * (context.intervalFactor ?? 1)) }),
      now,
    ) < 0
  ) {
    return listStore(context, before?.unclaimed ?? {})
  }
  const { db, objects } = context
  const destroyed = await db
    .selectFrom('recording')
    .select('id')
    .where('state', '=', 'DESTROYED')
    .where('destroyed_at', '>', listed)
    .execute()
  const candidates = new Set([...before.strays, ...destroyed.flatMap(({ id }) => recordingObjects(id))])
  const strays: string[] = []
  for (const key of candidates) if (await objectExists(objects, key)) strays.push(key)
  const missing = await missingOf(context, await stillIngested(context, before.missing ?? []))
  return { ...before, strays, missing }
}

/** Returns those of some recordings that are ingested and not being destroyed. */
async function stillIngested({ db }: CheckContext, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text from recording
    where id = any (${ids}::uuid[]) and kept_at is not null and state in ('STORED', 'RESTRICTED') order by id`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** Returns those of some recordings whose body or index the store does not have. */
async function missingOf({ objects }: CheckContext, ids: readonly string[]): Promise<string[]> {
  const missing: string[] = []
  for (const id of ids) {
    if (!(await objectExists(objects, bodyKey(id))) || !(await objectExists(objects, indexKey(id)))) missing.push(id)
  }
  return missing
}

async function listStore(context: CheckContext, seen: Record<string, string>): Promise<StoreMemo> {
  const { db, objects, now } = context
  const begun = await queryOne(db, sql<{ at: Temporal.Instant }>`select clock_timestamp() as at`)
  const keysById = new Map<string, string[]>()
  for (const prefix of prefixes) {
    for await (const key of objects.list(prefix)) {
      const id = idOfKey.exec(key)?.[1]
      if (id !== undefined) keysById.set(id, [...(keysById.get(id) ?? []), key])
    }
  }
  const { rows } = await sql<{ id: string; destroyed: boolean }>`
    select o.id::text as id,
      exists (select from recording r where r.id = o.id and r.state = 'DESTROYED')
        or exists (select from destruction_entry d where d.object_id = o.id) as destroyed
    from unnest(${[...keysById.keys()]}::uuid[]) as o(id)
    where not exists (select from recording r where r.id = o.id and r.state <> 'DESTROYED')`.execute(db)
  const complete = [...keysById].filter(([id, keys]) => [bodyKey(id), indexKey(id)].every((key) => keys.includes(key)))
  // Read after the listing: a recording destroyed meanwhile is no longer stored, and objects precede the ingestion.
  const { rows: incomplete } = await sql<{ id: string }>`
    select r.id::text as id from recording r
    where r.kept_at <= ${begun.at} and r.state in ('STORED', 'RESTRICTED')
      and not exists (select from unnest(${complete.map(([id]) => id)}::uuid[]) as o(id) where o.id = r.id)
    order by r.id limit ${maxMissing}`.execute(db)
  const gone = await missingOf(
    context,
    incomplete.map(({ id }) => id),
  )
  const unknown = rows.filter(({ destroyed }) => !destroyed).map(({ id }) => id)
  return {
    listedAt: now.toString(),
    strays: rows.filter(({ destroyed }) => destroyed).flatMap(({ id }) => keysById.get(id) ?? []),
    unclaimed: Object.fromEntries(unknown.map((id) => [id, seen[id] ?? now.toString()])),
    missing: await stillIngested(context, gone),
  }
}

function objectExists(objects: ObjectStore, key: string): Promise<boolean> {
  return objects.sizeBytes(key).then(
    () => true,
    (error: unknown) => {
      if ((error as { code?: string }).code === 'object-missing') return false
      throw error
    },
  )
}

/** Returns keys of months that ended before the last sweep was due, and key versions that are recorded as destroyed. */
async function leftoverMonthKeys({ db, keys, now }: CheckContext): Promise<string[]> {
  const limit = now.subtract({ hours: sweepGraceHours })
  const month = limit.toZonedDateTimeISO('UTC').toPlainDate().toString().slice(0, 7)
  const { rows } = await sql<{ name: string; isDestroyed: boolean; isRecent: boolean }>`
    select 'month-' || to_char(expiry_month, 'YYYY-MM') || '.v' || version as name, state = 'destroyed' as "isDestroyed",
      made_at > ${limit} as "isRecent"
    from month_key`.execute(db)
  const known = new Map(rows.map((row) => [row.name, row]))
  return (await keys.names()).filter((name) => {
    const version = known.get(name)
    if (version?.isDestroyed) return true
    const written = /^month-(\d{4}-\d{2})\./.exec(name)?.[1]
    // A new key of a past month is for a call that was ingested after its day: the next sweep destroys the key.
    return written !== undefined && written < month && !version?.isRecent
  })
}

type StayFacts = {
  listenings: number
  ranges: number
  /** Ranges served before their listening began or after it ended. */
  outside: number
  example: string | null
}

/**
 * Tolerance: clocks of two machines differ, and requests may be in progress when a listening ends, which is within five
 * seconds (R27).
 */
const listeningGraceSeconds = 5

/** R27. */
export const recordingsStay: Check<StayFacts> = {
  rule: `All audio that was served belongs to a listening that was open at that moment (within ${listeningGraceSeconds} s), of a recording that was not destroyed yet.`,
  test: {
    file: 'src/use/playback/playback.test.ts',
    title: 'are not logged if listening ends during preparation, and nothing is served',
  },
  remedy:
    'The example is the id of a listening. The audit log has its person and purpose; find out which program served audio without checking that the listening was open.',
  async check({ db }) {
    const row = await queryOne(
      db,
      sql<{ listenings: number; ranges: number; outside: string[] }>`
        with served as (
          select l.id,
            g.at < l.started_at - ${sql.lit(`${listeningGraceSeconds} s`)}::interval
            or g.at > least(l.until, l.ended_at, r.destroyed_at) + ${sql.lit(`${listeningGraceSeconds} s`)}::interval
            or r.id is null as outside
          from listening_range g join listening l on l.id = g.listening_id left join recording r on r.id = l.recording_id
        )
        select (select count(*) from listening) as listenings, count(*) as ranges,
          coalesce(array_agg(distinct id::text) filter (where outside), '{}') as outside
        from served`,
    )
    return {
      holds: row.outside.length === 0,
      facts: {
        listenings: row.listenings,
        ranges: row.ranges,
        outside: row.outside.length,
        example: row.outside[0] ?? null,
      },
    }
  },
}
