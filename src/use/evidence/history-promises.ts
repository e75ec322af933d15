/** Promises about the contact history: complete, without other data, ended in time, with the outcome of every recording. */
import { sql } from 'kysely'
import { identificationData, type IdentificationData } from '#description/register-description.ts'
import { historyMonths } from '#description/terms.ts'
import { queryOne, countsPublicly, isSwept, monthsAfter } from './evidence-queries.ts'
import { findUnknown } from './known-database.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check } from './promise.ts'

/** A part of a call lasts at most a day, and begins at most a day after the call. */
const longestCallDays = 2

type CompleteFacts = {
  recordings: number
  live: number
  /** Recordings whose segment or contact does not exist, or whose id exists under another start as well. */
  strayRecordings: number
  /**
   * Ended contacts without a term or without the end of a part, and contacts that ended before they began or lasted
   * longer than a call can.
   */
  unfinished: number
  example: string | null
}

/** R9. */
export const historyComplete: Check<CompleteFacts> = {
  rule: `Every recording belongs to one segment and one contact of the history, and every ended contact has its term and the ends of its segments, and ends neither before it begins nor more than ${longestCallDays} days later.`,
  test: { file: 'src/register/admit.test.ts', title: 'a call is entered with its five fields and its terms' },
  remedy:
    'The example is the id of a recording or a contact. A recording without its call: somebody deleted the call by hand. If the id of its call or segment exists under another start too, that row was written by hand or by a compromised capture: delete it. A contact without its term, or with an end that cannot be true: somebody wrote the row by hand; restore it from a backup.',
  async check({ db, now }) {
    const row = await queryOne(
      db,
      sql<{ recordings: number; live: number; stray: string[]; unfinished: string[] }>`
        select
          (select count(*) from recording where ${countsPublicly(now)}) as recordings,
          (select count(*) from contact where ended_at is null) as live,
          (select coalesce(array_agg(id::text), '{}') from (
            select r.id from recording r
            -- Older rows are deleted in batches after their month was dropped.
            where r.contact_started_at > register_now() - interval '${sql.raw(String(historyMonths))} months' + interval '1 day' and (
              not exists (select from segment s where s.id = r.segment_id and s.contact_started_at = r.contact_started_at)
              or not exists (select from contact c where c.id = r.contact_id and c.started_at = r.contact_started_at)
            )
            union
            select r.id from recording r join contact c on c.id = r.contact_id and c.started_at <> r.contact_started_at
            union
            select r.id from recording r join segment s on s.id = r.segment_id and s.contact_started_at <> r.contact_started_at
          ) stray) as stray,
          (select coalesce(array_agg(id::text), '{}') from (
            select id from contact where ended_at is not null and history_ends_at is null
            union
            select id from contact where ended_at < started_at or ended_at > started_at + ${sql.lit(`${longestCallDays} days`)}::interval
            union
            select c.id from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
            where s.ended_at is null and c.ended_at is not null
          ) unfinished) as unfinished`,
    )
    return {
      holds: row.stray.length === 0 && row.unfinished.length === 0,
      facts: {
        recordings: row.recordings,
        live: row.live,
        strayRecordings: row.stray.length,
        unfinished: row.unfinished.length,
        example: row.stray[0] ?? row.unfinished[0] ?? null,
      },
    }
  },
}

/**
 * Columns that may hold data of a call, each with the one of the four items of identification data that it serves
 * (R10).
 */
const columns: Readonly<Record<string, Readonly<Record<string, IdentificationData | 'technical'>>>> = {
  contact: {
    id: 'technical',
    started_at: 'CALL_START_AND_END',
    waited_from: 'CALL_START_AND_END',
    admitted_at: 'technical',
    ended_at: 'CALL_START_AND_END',
    end_inferred: 'technical',
    caller_kind: 'CALLER_NUMBER',
    caller_key: 'CALLER_NUMBER',
    caller_raw: 'CALLER_NUMBER',
    number_called: 'SERVICE_NUMBER',
    number_kind: 'SERVICE_NUMBER',
    number_name: 'SERVICE_NUMBER',
    history_ends_at: 'technical',
    trunk: 'technical',
    counted: 'technical',
  },
  segment: {
    id: 'technical',
    contact_id: 'technical',
    contact_started_at: 'CALL_START_AND_END',
    seq: 'technical',
    number_reached: 'SERVICE_NUMBER',
    number_called: 'SERVICE_NUMBER',
    number_reached_name: 'SERVICE_NUMBER',
    official_person_id: 'OFFICIAL_NAME_AND_NUMBER',
    official_unit_id: 'OFFICIAL_NAME_AND_NUMBER',
    official_name: 'OFFICIAL_NAME_AND_NUMBER',
    official_phone: 'OFFICIAL_NAME_AND_NUMBER',
    reported_person_id: 'OFFICIAL_NAME_AND_NUMBER',
    reported_phone: 'OFFICIAL_NAME_AND_NUMBER',
    answered_at: 'CALL_START_AND_END',
    ended_at: 'CALL_START_AND_END',
    decision_record: 'technical',
    decision_reason: 'technical',
    rule_id: 'technical',
    rule_version: 'technical',
    rule_share: 'technical',
    draw: 'technical',
    description_version: 'technical',
    drawn_on: 'technical',
    quota_used: 'technical',
    node: 'technical',
    beside: 'technical',
    capture_state: 'technical',
    capture_failure: 'technical',
    marks: 'technical',
  },
  call_identity: { external_id_hash: 'technical', contact_id: 'technical', contact_started_at: 'CALL_START_AND_END' },
  recorded_part: {
    recording_id: 'technical',
    segment_id: 'technical',
    contact_id: 'technical',
    contact_started_at: 'CALL_START_AND_END',
    is_own: 'technical',
    state: 'technical',
    official: 'OFFICIAL_NAME_AND_NUMBER',
    official_unit_id: 'OFFICIAL_NAME_AND_NUMBER',
    number_reached: 'SERVICE_NUMBER',
    number_called: 'SERVICE_NUMBER',
  },
  official_named: {
    id: 'technical',
    name: 'OFFICIAL_NAME_AND_NUMBER',
    phone: 'OFFICIAL_NAME_AND_NUMBER',
    unit_id: 'OFFICIAL_NAME_AND_NUMBER',
    person_id: 'OFFICIAL_NAME_AND_NUMBER',
    first_month: 'technical',
    last_month: 'technical',
  },
}

type FieldFacts = {
  identificationData: number
  columns: number
  /**
   * Tables, columns, members of jsonb values, grants and ways of copying data out of the database that the program does not
   * know.
   */
  unknown: number
  /** The first of these, with its kind. */
  example: string | null
  /** Callers of whom more than the number is stored. */
  beyondNumber: number
}

/** R10: the tables can store nothing else about a call. */
export const historyFields: Check<FieldFacts> = {
  rule: 'The tables of calls have only known columns, each for one of the four items of identification data or for a technical purpose. The database’s catalogue has no table, column, member of a call’s jsonb value, grant, schema, publication or large object that is unknown to this version of the program, and no role reads the whole database but its owner, the server’s first superuser and those that SELOSTE_DATABASE_ADMINISTRATORS names. Of a caller whose number was parsed nothing else is stored.',
  test: {
    file: 'src/register/admit.test.ts',
    title: 'of a caller only the number is entered, and unparsable text is truncated (R10)',
  },
  remedy:
    'The example says what is unknown. Somebody added it without the program: find out who and why, and drop or revoke it. What may be stored of a call is a closed list in the description. An administrator’s own tables and roles belong in another database. A role by which the site itself administers, copies or backs up the server is named in SELOSTE_DATABASE_ADMINISTRATORS.',
  async check({ db, version, administrators }) {
    const { rows } = await sql<{ table: string; column: string }>`
      select c.relname as table, a.attname as column
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attrelid in (${sql.join(Object.keys(columns).map((table) => sql`${table}::regclass`))})
        and a.attnum > 0 and not a.attisdropped
      order by 1, a.attnum`.execute(db)
    const described = new Set<string>(version.description.identificationData)
    const unknown = rows.filter(({ table, column }) => {
      const serves = columns[table]?.[column]
      return serves === undefined || (serves !== 'technical' && !described.has(serves))
    })
    const { beyond } = await queryOne(
      db,
      sql<{
        beyond: number
      }>`select count(*) as beyond from contact where caller_raw is not null and caller_key is not null`,
    )
    const named = unknown.map(({ table, column }) => `column ${table}.${column}`)
    const allUnknown = [...new Set([...named, ...(await findUnknown(db, administrators))])]
    return {
      holds: allUnknown.length === 0 && beyond === 0,
      facts: {
        identificationData: identificationData.filter((one) => described.has(one)).length,
        columns: rows.length,
        unknown: allUnknown.length,
        example: allUnknown[0] ?? null,
        beyondNumber: beyond,
      },
    }
  },
}

type TermFacts = {
  months: number
  contacts: number
  oldestEndsAt: string | null
  lastSweepAt: string | null
  overdue: number
  example: string | null
}

/** The sweep runs hourly; data that two sweeps leave are overdue. Expired data are shown to nobody meanwhile. */
export const sweepGraceHours = 2

/** R22. */
export const historyTerm: Check<TermFacts> = {
  rule: `No contact exists more than ${sweepGraceHours} hours past its term, which is ${historyMonths} calendar months after the call’s end. Whatever the stored end is, none exists more than that term and ${longestCallDays} days after the call’s beginning. The sweep has run within ${sweepGraceHours} hours.`,
  test: {
    file: 'src/destruction/retention/sweep.test.ts',
    title: 'is deleted at 14 months, with segments, recordings, call ids and listenings',
  },
  remedy:
    'The custodian’s log has the reason why the sweep does not run or what it could not delete. Expired history is shown to nobody meanwhile.',
  async check(context) {
    const { db, now, version } = context
    const months = version.description.terms.historyMonths
    const isHeld = sql`(history_is_held(id) and order_is_logged(id, 'history', ${await unloggedTimes(context)}::tstzmultirange))`
    const limit = now.subtract({ hours: sweepGraceHours })
    const row = await queryOne(
      db,
      sql<{ contacts: number; oldest: Temporal.Instant | null; overdue: string[]; swept: Temporal.Instant | null }>`
        select
          -- Rows kept past their term by an order are not revealed, nor those that the sweep has not reached.
          (select count(*) from contact) - (select count(*) from contact where history_ends_at <= ${now}) as contacts,
          (select min(history_ends_at) from contact where history_ends_at > ${now} or not ${isHeld}) as oldest,
          (select coalesce(array_agg(id::text) filter (where not ${isHeld}), '{}') from (
            select id from contact where history_ends_at <= ${limit}
            union
            -- Independent of the term stored in the row.
            select id from contact
            where started_at <= ${limit}::timestamptz - ${sql.lit(`${months} months`)}::interval + interval '1 day'
              and ${monthsAfter('ended_at', months)} <= ${limit}
            union
            select id from contact where history_ends_at is null and started_at <= ${limit}::timestamptz - ${sql.lit(`${months} months 1 day`)}::interval
            union
            -- Independent of the end as well: the log's count of admissions has the beginning.
            select id from contact
            where started_at <= ${limit}::timestamptz - ${sql.lit(`${months} months ${longestCallDays} days`)}::interval
          ) overdue) as overdue,
          (select at from work_done where work = 'sweep') as swept`,
    )
    const sweptInTime = isSwept(row.swept, limit, now)
    return {
      holds: row.overdue.length === 0 && sweptInTime,
      facts: {
        months,
        contacts: row.contacts,
        oldestEndsAt: row.oldest?.toString() ?? null,
        lastSweepAt: row.swept?.toString() ?? null,
        overdue: row.overdue.length,
        example: row.overdue[0] ?? null,
      },
    }
  },
  more: ({ oldestEndsAt: oldest, lastSweepAt }, { day, sweep, part }) => ({
    oldest: oldest ? part('promise.history.term.oldest', { at: day(oldest) }) : '',
    sweep: sweep(lastSweepAt),
  }),
}

type HistoryFacts = {
  /** Recordings that the history shows as available. */
  toldRecorded: number
  /** Recordings that the history shows as destroyed. */
  toldDestroyed: number
  /** Segments that were to be recorded, with neither a recording nor a reason for its absence. */
  silent: number
  /** Destroyed recordings missing from the destruction ledger. */
  withoutLedger: number
  example: string | null
}

/** R26, R42. */
export const historyShowsRecordings: Check<HistoryFacts> = {
  rule: 'Every ended segment that was to be recorded has a recording or the reason why there is none, and every destroyed recording has its date, its cause and its entry in the destruction ledger.',
  test: {
    file: 'src/use/search/search.test.ts',
    title: 'distinguishes available, destroyed and none, and restricted is not available',
  },
  remedy:
    'The example is the id of a segment or a recording. Somebody deleted a row by hand: restore it from a backup, so that the caller can be informed.',
  async check({ db, now }) {
    const row = await queryOne(
      db,
      sql<{ recorded: number; destroyed: number; silent: string[]; unledgered: string[] }>`
        select
          (select count(*) from recording where state <> 'DESTROYED' and ${countsPublicly(now)}) as recorded,
          (select count(*) from recording where state = 'DESTROYED') as destroyed,
          (select coalesce(array_agg(id::text), '{}') from (
            select s.id from segment s
            where s.decision_record and s.ended_at < ${now.subtract({ hours: 1 })} and s.capture_failure is null
              and not exists (select from recording r where r.segment_id = s.id)
          ) silent) as silent,
          (select coalesce(array_agg(id::text), '{}') from (
            select r.id from recording r
            where r.state = 'DESTROYED'
              and (r.destroyed_at is null or r.cause is null
                or not exists (select from destruction_entry d where d.object_id = r.id))
          ) unledgered) as unledgered`,
    )
    return {
      holds: row.silent.length === 0 && row.unledgered.length === 0,
      facts: {
        toldRecorded: row.recorded,
        toldDestroyed: row.destroyed,
        silent: row.silent.length,
        withoutLedger: row.unledgered.length,
        example: row.silent[0] ?? row.unledgered[0] ?? null,
      },
    }
  },
}
