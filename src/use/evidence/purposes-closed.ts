import { sql } from 'kysely'
import { queryOne, intervalsOf } from './evidence-queries.ts'
import type { Check } from './promise.ts'

type PurposeFacts = {
  purposes: number
  looks: number
  listenings: number
  withoutPurpose: number
  outside: number
  /** Number in the audit log of the first view without a purpose or with an undescribed purpose. */
  example: number | null
}

/** R3-R6: nobody has viewed anything under a purpose outside the list. */
export const purposesClosed: Check<PurposeFacts> = {
  rule: 'Every view in the audit log and every listening has a purpose, which the version in force at that moment lists.',
  test: {
    file: 'src/use/evidence/evidence.test.ts',
    title: 'purposes.closed is broken by a view without a purpose, and by one with an undescribed purpose',
  },
  remedy:
    'Find the audit entry with the number in `example`: it has the person, the right and the process. This version of the desk does not write such an entry: look for another program that writes to the database.',
  async check({ db, versions, version }) {
    const described = intervalsOf(versions).map(({ version: one, since, until }) => ({
      since,
      until,
      // A view that began before a version came into force may be logged after it.
      purposes: [
        ...new Set(
          [one, versionBefore(versions, one)].flatMap((each) =>
            each.description.purposes.map(({ purpose }) => purpose),
          ),
        ),
      ],
    }))
    const json = JSON.stringify(described)
    const facts = await queryOne(
      db,
      sql<{
        looks: number
        without_purpose: number
        outside: number
        example: number | null
      }>`
        with recursive used (purpose) as (
          select min(purpose) from data_access
          union all
          select (select min(l.purpose) from data_access l where l.purpose > used.purpose) from used where used.purpose is not null
        ),
        undescribed as (
          select s.seq
          from used u
          cross join jsonb_to_recordset(${json}::jsonb) as v(since timestamptz, until timestamptz, purposes text[])
          cross join lateral (
            select l.seq from data_access l
            where l.purpose = u.purpose and l.at >= coalesce(v.since, '-infinity') and l.at < coalesce(v.until, 'infinity')
          ) s
          where u.purpose is not null and not u.purpose = any (v.purposes)
        )
        select
          (select count(*) from data_access) as looks,
          (select count(*) from data_access where purpose is null) as without_purpose,
          (select count(*) from undescribed) as outside,
          least((select min(seq) from undescribed), (select min(seq) from data_access where purpose is null)) as example`,
    )
    const listenings = await queryOne(
      db,
      sql<{ all: number; outside: number }>`
        select count(*) as all, count(*) filter (where v.since is null or not l.purpose = any (v.purposes)) as outside
        from listening l
        left join lateral (
          select coalesce(d.since, '-infinity') as since, d.purposes
          from jsonb_to_recordset(${json}::jsonb) as d(since timestamptz, until timestamptz, purposes text[])
          where l.started_at >= coalesce(d.since, '-infinity') and l.started_at < coalesce(d.until, 'infinity')
        ) v on true`,
    )
    const outside = facts.outside + listenings.outside
    return {
      holds: facts.without_purpose === 0 && outside === 0,
      facts: {
        purposes: version.description.purposes.length,
        looks: facts.looks,
        listenings: listenings.all,
        withoutPurpose: facts.without_purpose,
        outside,
        example: facts.example,
      },
    }
  },
}

function versionBefore<Version>(versions: readonly Version[], version: Version): Version {
  return versions[versions.indexOf(version) - 1] ?? version
}
