/** Promises about releases: anonymised copies checked by a second person, disclosures to authorities on a valid provision. */
import { sql } from 'kysely'
import { termZone } from '#description/terms.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { queryOne } from './evidence-queries.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check } from './promise.ts'

type AnonymisedFacts = {
  /** Copies with research institutes that are still linked to a recording. */
  released: number
  unchecked: number
  approved: number
  /** Copies checked by a person who prepared them, or whose check is not in the log. */
  alone: number
  example: string | null
}

/** R33. */
export const disclosuresAnonymised: Check<AnonymisedFacts> = {
  rule: 'Every copy at a research institute that is still linked to a recording is an anonymised copy that was approved before its release; every approved copy was checked by a person who did not prepare it, and the audit log has that check.',
  test: {
    file: 'test/disclosure/copies.test.ts',
    title:
      'the second person signs after playing everything; neither a preparer nor a person without the right can sign',
  },
  remedy:
    'The example is the disclosure and the item, or the id of an anonymised copy. Recall the copy at once and find out how it left: the database refuses a release without a second person’s check.',
  async check(context) {
    const lost = await unloggedTimes(context)
    const row = await queryOne(
      context.db,
      sql<{ released: number; unchecked: string[]; approved: number; alone: string[] }>`
        with lent as (
          select c.disclosure || '/' || c.item as name, c.released_at, a.id, a.state, a.checked_at
          from disclosed_copy c left join anonymised_copy a on a.recording_id = c.recording_id
          where c.disclosure ~ '^T-' and c.recording_id is not null
        ), approved as (
          -- A check that a restore replayed, because the database had lost it, names nobody.
          select a.id, a.checked_at, a.checked_by, a.prepared_by, a.former_preparers,
            coalesce(a.checked_at <@ ${lost}::tstzmultirange and r.started_at <= a.checked_at, false) or exists (select from audit_entry e
              where e.object_id = a.id and e.action = 'anonymised-copy.checked' and e.result = 'ok'
                and (e.person_id = a.checked_by or e.detail @> '{"restored": true}')
                and e.detail ->> 'outcome' = 'APPROVED') as is_logged
          from anonymised_copy a left join recording r on r.id = a.recording_id where a.state = 'APPROVED'
        )
        select
          (select count(*) from lent) as released,
          (select coalesce(array_agg(l.name order by l.name), '{}') from lent l
            where l.id is null or l.state <> 'APPROVED' or coalesce(l.checked_at > l.released_at, true)) as unchecked,
          (select count(*) from approved) as approved,
          (select coalesce(array_agg(a.id order by a.checked_at), '{}') from approved a
            where a.checked_by = a.prepared_by or a.checked_by = any (a.former_preparers) or not a.is_logged) as alone`,
    )
    return {
      holds: row.unchecked.length === 0 && row.alone.length === 0,
      facts: {
        released: row.released,
        unchecked: row.unchecked.length,
        approved: row.approved,
        alone: row.alone.length,
        example: row.unchecked[0] ?? row.alone[0] ?? null,
      },
    }
  },
}

type AuthorityFacts = {
  decided: number
  refused: number
  /** Disclosures granted on a provision that was not in force on that day, or released without a decision. */
  unfounded: number
  /** Disclosures decided by a person who had prepared them, or whose decision is not in the log. */
  alone: number
  example: string | null
}

interface Decision {
  number: string
  outcome: 'GRANTED' | 'PART' | 'REFUSED' | null
  provision: string | null
  decided_at: Temporal.Instant | null
  is_own: boolean
  is_logged: boolean
  is_released: boolean
}

/** R34, R35. */
export const disclosuresFounded: Check<AuthorityFacts> = {
  rule: 'Every granted disclosure to an authority names a provision that was in force on that day and listed in the description in force. It was decided by a person who had not prepared it, the audit log has the decision, and nothing was released without a decision.',
  test: {
    file: 'test/disclosure/authority.test.ts',
    title: 'under a provision that has ended can be neither entered nor granted',
  },
  remedy:
    'The example is the number of the disclosure. Ask the decision maker for the ground. If there is none, recall what was released, and report it.',
  async check(context) {
    const { db, versions } = context
    const lost = await unloggedTimes(context)
    const { rows } = await sql<Decision>`
      select number, outcome, provision, decided_at, is_own, is_released,
        is_logged
      from authority_decisions(${lost}::tstzmultirange)`.execute(db)
    const unfounded = rows.filter((one) => !isFounded(one, versions))
    const alone = rows.filter(({ decided_at, is_own, is_logged }) => decided_at !== null && (is_own || !is_logged))
    return {
      holds: unfounded.length === 0 && alone.length === 0,
      facts: {
        decided: rows.filter(({ decided_at }) => decided_at !== null).length,
        refused: rows.filter(({ outcome }) => outcome === 'REFUSED').length,
        unfounded: unfounded.length,
        alone: alone.length,
        example: unfounded[0]?.number ?? alone[0]?.number ?? null,
      },
    }
  },
}

function isFounded(
  { outcome, provision, decided_at, is_released }: Decision,
  versions: readonly DescriptionVersion[],
): boolean {
  if (decided_at === null || outcome === 'REFUSED') return !is_released
  const then = versions.filter(({ effectiveFrom }) => Temporal.Instant.compare(effectiveFrom, decided_at) <= 0).at(-1)
  const day = decided_at.toZonedDateTimeISO(termZone).toPlainDate()
  const { compare } = Temporal.PlainDate
  return ((then ?? versions[0])?.description.disclosure.provisions ?? []).some(
    ({ id, validFrom, validTo }) =>
      id === provision && compare(validFrom, day) <= 0 && (validTo === undefined || compare(validTo, day) >= 0),
  )
}
