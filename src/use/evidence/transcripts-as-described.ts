import { sql } from 'kysely'
import { unloggedTimes } from './lost-times.ts'
import type { Check } from './promise.ts'
import { intervalsOf, queryOne } from './evidence-queries.ts'

type TranscriptFacts = {
  /** Copies for which a program began to transcribe the recording. */
  made: number
  /** Those begun while the description in force allowed no transcripts, by the register or by the log. */
  outside: number
  /** Those whose last beginning is not in the log. */
  unlogged: number
  /** Id of a copy. */
  example: string | null
}

/** The custodian applies a version within seconds. */
const graceSeconds = 60

/** R33. */
export const transcriptsAsDescribed: Check<TranscriptFacts> = {
  rule: 'A program began to transcribe a recording only while the description in force had `transcripts: research`, by the register and by the audit log, and the log has each beginning.',
  test: {
    file: 'src/use/evidence/evidence.test.ts',
    title:
      'transcripts.as-described is broken by a transcript that the description does not allow, or that the log lacks',
  },
  remedy:
    'The example is the id of an anonymised copy. The database refuses a program’s start while the description has no transcripts: find out who changed the database, or which other program opened the recording.',
  async check(context) {
    const allowed = JSON.stringify(
      intervalsOf(context.versions)
        .filter(({ version }) => version.description.switches.transcripts === 'research')
        .map(({ since, until }) => ({ since, until })),
    )
    const lost = await unloggedTimes(context)
    const row = await queryOne(
      context.db,
      sql<{ made: number; outside: string[]; unlogged: string[] }>`
        with allowed as (
          select coalesce(v.since, '-infinity') as since,
            coalesce(v.until + ${sql.lit(`${graceSeconds} s`)}::interval, 'infinity') as until
          from jsonb_to_recordset(${allowed}::jsonb) as v(since timestamptz, until timestamptz)
        ), made as (
          select a.id, a.recognised_at, (select array_agg(e.at) from audit_entry e
            -- The end of a transcription is logged without a role; versions before the switch logged no beginning.
            where e.object_id = a.id and e.action = 'anonymised-copy.recognised' and e.result = 'ok' and e.role is not null) as logged
          from anonymised_copy a
        ), counted as (
          select m.id, m.recognised_at,
            exists (select from unnest(m.recognised_at || coalesce(m.logged, '{}')) t
              where t is not null and not exists (select from allowed v where t >= v.since and t < v.until)) as is_outside,
            m.recognised_at is not null and not coalesce(m.recognised_at <@ ${lost}::tstzmultirange, false) and not exists (
              select from unnest(coalesce(m.logged, '{}')) t
              where t between m.recognised_at - ${sql.lit(`${graceSeconds} s`)}::interval
                and m.recognised_at + ${sql.lit(`${graceSeconds} s`)}::interval) as is_unlogged
          from made m where m.recognised_at is not null or m.logged is not null
        )
        select count(*) as made,
          coalesce(array_agg(id order by recognised_at) filter (where is_outside), '{}') as outside,
          coalesce(array_agg(id order by recognised_at) filter (where is_unlogged), '{}') as unlogged
        from counted`,
    )
    return {
      holds: row.outside.length === 0 && row.unlogged.length === 0,
      facts: {
        made: row.made,
        outside: row.outside.length,
        unlogged: row.unlogged.length,
        example: row.outside[0] ?? row.unlogged[0] ?? null,
      },
    }
  },
}
