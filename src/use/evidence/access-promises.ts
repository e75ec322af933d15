/** Promises about access: personal accounts, logged grants, own calls, references. */
import { sql } from 'kysely'
import { queryOne } from './evidence-queries.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check } from './promise.ts'

type PersonalFacts = {
  accounts: number
  /** Accounts with the user id or the password of another, or with the name and number of another. */
  shared: number
  sessions: number
  /** Open sessions outside of their person's employment, or without a sign-in in the audit log. */
  strangeSessions: number
  /**
   * People with a stored password, passkey or second factor that no log entry introduced, plus sign-ins in which such a
   * one was used.
   */
  strangeVerifiers: number
  example: string | null
}

/** Position up to which uses of verifiers have been judged, and the numbers of the entries found wrong. */
type PersonalMemo = { upto: number; used: number[] }

/** R20. */
export const accessPersonal: Check<PersonalFacts> = {
  rule: 'No user id was ever given to two persons, no password was copied from one account to another, and no two accounts have the same name and number. Every open session was opened and used by a person employed at that time, and the audit log has its sign-in. Every password, passkey and second factor in the register, and every one that opened a session, is the one that the audit log last introduced for its person.',
  test: {
    file: 'src/safeguards/people/people.test.ts',
    title: 'is never reused, not even in another letter case or after its person has left',
  },
  remedy:
    'The example is the id of a person. A shared password: have both persons choose new ones. A second account of one person: end it. A session of somebody who has left: end the employment in the directory. A password, passkey or factor that the audit log did not introduce: somebody changed it in the database; end the person’s sessions, give them a new link, and treat everything that their account did since as another’s.',
  async check({ db, afresh }, memo) {
    const before = (!afresh && (memo as PersonalMemo | undefined)) || { upto: 0, used: [] }
    const verifiers = await queryOne(
      db,
      sql<{ stored: string[]; used: number[]; people: string[]; upto: number }>`
        select stored, used, people, upto from strange_verifiers(${before.upto}::bigint, ${before.used}::bigint[])`,
    )
    const strangeVerifiers = verifiers.stored.length + verifiers.used.length
    const row = await queryOne(
      db,
      sql<{
        accounts: number
        shared: number
        sessions: number
        strange_sessions: number
        example: string | null
      }>`select * from accounts_in_use()`,
    )
    return {
      holds: row.shared === 0 && row.strange_sessions === 0 && strangeVerifiers === 0,
      facts: {
        accounts: row.accounts,
        shared: row.shared,
        sessions: row.sessions,
        strangeSessions: row.strange_sessions,
        strangeVerifiers,
        example: row.example ?? verifiers.stored[0] ?? verifiers.people[0] ?? null,
      },
      memo: { upto: verifiers.upto, used: verifiers.used } satisfies PersonalMemo,
    }
  },
}

type GrantedFacts = {
  rights: number
  /** Rights that no second person approved. */
  alone: number
  /** Rights whose grant is not in the audit log, or that are not as granted. */
  unlogged: number
  /** Rights wider than requested, granted or described, or in force after their person's employment. */
  beyond: number
  listenings: number
  /** Listenings under no right that was in force and covers their purpose. */
  withoutRight: number
  example: string | null
}

/** R36. */
export const rightsGranted: Check<GrantedFacts> = {
  rule: 'Every right was approved by a person who neither requested it nor has it, or was given by the installation to an administrator or an approver, and the audit log has its grant. No right is wider or longer than requested and granted, or was wider at its beginning than the description allowed its role, and none is in force after its person’s employment has ended. Every listening was under a right of its person that was in force when it began and covers its purpose.',
  test: {
    file: 'src/safeguards/access/grant.test.ts',
    title: 'is approved neither by its subject nor by its requester',
  },
  remedy:
    'The example is the id of a right or a listening. Revoke the right; the audit log has everything that was viewed under it.',
  async check({ db }) {
    const row = await queryOne(
      db,
      sql<{
        rights: number
        alone: number
        unlogged: number
        beyond: number
        listenings: number
        without_right: number
        example: string | null
      }>`select * from rights_in_force()`,
    )
    return {
      holds: row.alone === 0 && row.unlogged === 0 && row.beyond === 0 && row.without_right === 0,
      facts: {
        rights: row.rights,
        alone: row.alone,
        unlogged: row.unlogged,
        beyond: row.beyond,
        listenings: row.listenings,
        withoutRight: row.without_right,
        example: row.example,
      },
    }
  },
}

type OwnFacts = { listenings: number; looks: number; ofOthers: number; example: string | null }

/** Position up to which views have been judged, and the numbers of the views found wrong. */
type OwnMemo = { upto: number; others: number[] }

/** R39. */
export const rightsOwn: Check<OwnFacts> = {
  rule: 'No official has listened to a segment that another official answered, or has viewed a contact or revealed the caller of a call of which they answered no segment. The register at that time decides: an approved correction counts from its decision.',
  test: { file: 'src/use/playback/playback.test.ts', title: 'to another official’s recording' },
  remedy:
    'The example is the id of a listening or the number of an entry in the audit log. Revoke the right that it names, and find out why the call was shown.',
  async check(context, memo) {
    const { db, afresh } = context
    const lost = await unloggedTimes(context)
    const before = (!afresh && (memo as OwnMemo | undefined)) || { upto: 0, others: [] }
    const listened = await queryOne(
      db,
      sql<{ all: number; others: string[] }>`
        select count(*) as all, coalesce(array_agg(l.id::text) filter (where (s.official_person_id is distinct from l.person_id
              or is_corrected_since(s.id, l.started_at))
            and not took_part(l.person_id, s.contact_id, s.id, l.started_at, ${lost}::tstzmultirange)), '{}') as others
        from listening l
        join recording r on r.id = l.recording_id
        join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
        where l.role = 'OFFICIAL'`,
    )
    const read = await queryOne(
      db,
      sql<{ looks: number; others: number[]; upto: number }>`
        with seen as (
          select seq, at, person_id, object_id from audit_entry
          where result = 'ok' and role = 'OFFICIAL' and action in ('contact.read', 'caller.revealed')
            and (seq > ${before.upto}::bigint or seq = any (${before.others}::bigint[]))
        ), of_others as materialized (
          select * from seen
          where exists (select from contact c where c.id = seen.object_id)
            and not exists (
              select from segment s where s.contact_id = seen.object_id and s.official_person_id = seen.person_id
                and not is_corrected_since(s.id, seen.at))
        )
        select
          (select count(*) from audit_entry
            where result = 'ok' and role = 'OFFICIAL' and action in ('contact.read', 'caller.revealed')) as looks,
          (select coalesce(array_agg(seq order by seq), '{}') from of_others o
            where not took_part(o.person_id, o.object_id, null, o.at, ${lost}::tstzmultirange)) as others,
          -- An entry may commit after a later one.
          (select greatest(${before.upto}::bigint, max(seq)) from seen where at < now() - interval '10 minutes') as upto`,
    )
    const ofOthers = listened.others.length + read.others.length
    return {
      holds: ofOthers === 0,
      facts: {
        listenings: listened.all,
        looks: read.looks,
        ofOthers,
        example: listened.others[0] ?? read.others[0]?.toString() ?? null,
      },
      memo: { upto: read.upto, others: read.others } satisfies OwnMemo,
    }
  },
}

type ReferenceFacts = { looks: number; listenings: number; withoutReference: number; example: string | null }

/** R40. */
export const rightsMaintenanceSecurity: Check<ReferenceFacts> = {
  rule: 'Every view and every listening by technical maintenance and by the security unit names a fault or a case.',
  test: {
    file: 'src/description/roles.test.ts',
    title: 'a fault, a case or a request must be named, except for one’s own calls (R5, R40, R46, R48)',
  },
  remedy:
    'The example is the number of an entry in the audit log or the id of a listening. Ask its person for the reference, and record it with the incident.',
  async check({ db }) {
    const facts = await queryOne(
      db,
      sql<{
        looks: number
        without_reference: number
        example: number | null
      }>`
        select
          (select count(*) from data_access where role in ('MAINTENANCE', 'SECURITY')) as looks,
          (select count(*) from data_access
            where role in ('MAINTENANCE', 'SECURITY') and coalesce(reference, '') !~ '\\S') as without_reference,
          (select min(seq) from data_access where role in ('MAINTENANCE', 'SECURITY') and coalesce(reference, '') !~ '\\S') as example`,
    )
    const listenings = await queryOne(
      db,
      sql<{ all: number; without: string[] }>`
        select count(*) as all, coalesce(array_agg(id::text) filter (where coalesce(reference, '') !~ '\\S'), '{}') as without
        from listening where role in ('MAINTENANCE', 'SECURITY')`,
    )
    const withoutReference = facts.without_reference + listenings.without.length
    return {
      holds: withoutReference === 0,
      facts: {
        looks: facts.looks,
        listenings: listenings.all,
        withoutReference,
        example: listenings.without[0] ?? facts.example?.toString() ?? null,
      },
    }
  },
}
