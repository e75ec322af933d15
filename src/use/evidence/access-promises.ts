/** Who may look: accounts of one person each, rights that were granted, one's own calls, references. */
import { sql } from 'kysely'
import { askOne } from './ask-one.ts'
import type { Check } from './promise.ts'
import { wordsAt } from './words.ts'

type PersonalFacts = {
  accounts: number
  shared: number
  sessions: number
  strangeSessions: number
  example: string | null
}

/** R20. */
export const accessPersonal: Check<PersonalFacts> = {
  rule: 'No user id has ever been given to two persons, no password was copied from one account to another, no two accounts have one name and number, and no open session was opened or used by somebody who did not work here then.',
  test: {
    file: 'src/safeguards/people/people.test.ts',
    title: 'is never used again, not in another case and not when its person has left',
  },
  remedy:
    'The example is the id of a person. Let the two persons choose new passwords, end the account that is one too many, and end the session of somebody who has left by ending the employment in the directory.',
  async check({ db }) {
    const row = await askOne(
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
      holds: row.shared === 0 && row.strange_sessions === 0,
      facts: {
        accounts: row.accounts,
        shared: row.shared,
        sessions: row.sessions,
        strangeSessions: row.strange_sessions,
        example: row.example,
      },
    }
  },
  say(facts, now) {
    const { fi, sv, en } = wordsAt(now)
    return {
      fi: `Käyttäjätunnukset ovat henkilökohtaisia: ${fi.count(facts.accounts, 'käyttäjätunnus', 'käyttäjätunnusta')}, yhteisiä ${fi.number(facts.shared)}; ${fi.count(facts.sessions, 'avoin istunto', 'avointa istuntoa')}, muun kuin palveluksessa olevan ${fi.number(facts.strangeSessions)}.`,
      sv: `Användarnamnen är personliga: ${sv.count(facts.accounts, 'användarnamn', 'användarnamn')}, varav ${sv.number(facts.shared)} gemensamma; ${sv.count(facts.sessions, 'öppen session', 'öppna sessioner')}, varav ${sv.number(facts.strangeSessions)} för någon som inte är anställd.`,
      en: `User ids are personal: ${en.count(facts.accounts, 'account', 'accounts')}, ${en.number(facts.shared)} shared; ${en.count(facts.sessions, 'open session', 'open sessions')}, ${en.number(facts.strangeSessions)} belonging to somebody who does not work here.`,
    }
  },
}

type GrantedFacts = {
  rights: number
  alone: number
  beyond: number
  listenings: number
  withoutRight: number
  example: string | null
}

/** R36. */
export const rightsGranted: Check<GrantedFacts> = {
  rule: 'Every right was approved by somebody other than who asked for it and who has it, and when it began reached no further than the description let its role; every listening stands on a right of its person that held when it began and covers its purpose.',
  test: {
    file: 'src/safeguards/access/grant.test.ts',
    title: 'is approved neither by the one who gets it nor by the one who asked for it',
  },
  remedy:
    'The example is the id of a right or a listening. Revoke the right; the audit log tells what was looked at with it.',
  async check({ db }) {
    const row = await askOne(
      db,
      sql<{
        rights: number
        alone: number
        beyond: number
        listenings: number
        without_right: number
        example: string | null
      }>`select * from rights_in_force()`,
    )
    return {
      holds: row.alone === 0 && row.beyond === 0 && row.without_right === 0,
      facts: {
        rights: row.rights,
        alone: row.alone,
        beyond: row.beyond,
        listenings: row.listenings,
        withoutRight: row.without_right,
        example: row.example,
      },
    }
  },
  say(facts, now) {
    const { fi, sv, en } = wordsAt(now)
    return {
      fi: `Oikeudet on myönnetty käyttövaltuusmenettelyssä: ${fi.count(facts.rights, 'voimassa oleva oikeus', 'voimassa olevaa oikeutta')}; yksin päätettyjä ${fi.number(facts.alone)}, selostetta laajempia ${fi.number(facts.beyond)}; ${fi.count(facts.listenings, 'kuuntelu', 'kuuntelua')}, ilman oikeutta ${fi.number(facts.withoutRight)}.`,
      sv: `Rättigheterna är beviljade enligt behörighetsförfarandet: ${sv.count(facts.rights, 'gällande rättighet', 'gällande rättigheter')}; beslutade av en person ensam: ${sv.number(facts.alone)}, vidare än beskrivningen: ${sv.number(facts.beyond)}; ${sv.count(facts.listenings, 'lyssning', 'lyssningar')}, varav ${sv.number(facts.withoutRight)} utan rättighet.`,
      en: `Rights were granted by the procedure: ${en.count(facts.rights, 'right', 'rights')} in force; decided by one person alone: ${en.number(facts.alone)}, wider than the description: ${en.number(facts.beyond)}; ${en.count(facts.listenings, 'listening', 'listenings')}, ${en.number(facts.withoutRight)} without a right.`,
    }
  },
}

type OwnFacts = { listenings: number; looks: number; ofOthers: number; example: string | null }

/** Which looks have been judged, and those that were found wrong. */
type OwnMemo = { upto: number; others: number[] }

/** R39. */
export const rightsOwn: Check<OwnFacts> = {
  rule: 'No official has listened to a segment that another official answered, nor read a contact or revealed a caller of a call without a part of their own.',
  test: { file: 'src/use/playback/playback.test.ts', title: 'of another’s recording, for an official' },
  remedy:
    'The example is the id of a listening or the number of an entry in the audit log. Revoke the right it names, and find out how the call came to be shown.',
  async check({ db, afresh }, memo) {
    const before = (!afresh && (memo as OwnMemo | undefined)) || { upto: 0, others: [] }
    const listened = await askOne(
      db,
      sql<{ all: number; others: string[] }>`
        select count(*) as all, coalesce(array_agg(l.id::text) filter (where s.official_person_id is distinct from l.person_id), '{}') as others
        from listening l
        join recording r on r.id = l.recording_id
        join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
        where l.role = 'OFFICIAL'`,
    )
    const read = await askOne(
      db,
      sql<{ looks: number; others: number[]; upto: number }>`
        with seen as (
          select seq, at, person_id, object_id from audit_entry
          where result = 'ok' and role = 'OFFICIAL' and action in ('contact.read', 'caller.revealed')
            and (seq > ${before.upto}::bigint or seq = any (${before.others}::bigint[]))
        )
        select
          (select count(*) from audit_entry
            where result = 'ok' and role = 'OFFICIAL' and action in ('contact.read', 'caller.revealed')) as looks,
          (select coalesce(array_agg(seq order by seq), '{}') from seen
            where exists (select from contact c where c.id = seen.object_id)
              and not exists (
                select from segment s where s.contact_id = seen.object_id and s.official_person_id = seen.person_id)) as others,
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
  say(facts, now) {
    const { fi, sv, en } = wordsAt(now)
    return {
      fi: `Virkailija näkee vain omat puhelunsa: ${fi.count(facts.listenings, 'virkailijan kuuntelu', 'virkailijoiden kuuntelua')} ja ${fi.count(facts.looks, 'katselu', 'katselua')}, toisen puheluja ${fi.number(facts.ofOthers)}.`,
      sv: `En tjänsteman ser bara sina egna samtal: ${sv.count(facts.listenings, 'lyssning', 'lyssningar')} och ${sv.count(facts.looks, 'läsning', 'läsningar')} av tjänstemän, varav ${sv.number(facts.ofOthers)} av någon annans samtal.`,
      en: `Officials see their own calls only: ${en.count(facts.listenings, 'listening', 'listenings')} and ${en.count(facts.looks, 'look', 'looks')} of officials, ${en.number(facts.ofOthers)} at another’s calls.`,
    }
  },
}

type ReferenceFacts = { looks: number; listenings: number; withoutReference: number; example: string | null }

/** R40. */
export const rightsMaintenanceSecurity: Check<ReferenceFacts> = {
  rule: 'Every look and every listening by technical maintenance and by the security unit names a fault or a case.',
  test: {
    file: 'src/description/roles.test.ts',
    title: 'a fault, a case or a request must be named, but for one’s own calls (R5, R40, R46, R48)',
  },
  remedy:
    'The example is the number of an entry in the audit log or the id of a listening. Ask its person for the reference and note it with the incident.',
  async check({ db }) {
    const looks = await askOne(
      db,
      sql<{
        looks: number
        without_reference: number
        example: number | null
      }>`
        select
          (select count(*) from look where role in ('MAINTENANCE', 'SECURITY')) as looks,
          (select count(*) from look
            where role in ('MAINTENANCE', 'SECURITY') and (reference is null or reference = '')) as without_reference,
          (select min(seq) from look where role in ('MAINTENANCE', 'SECURITY') and (reference is null or reference = '')) as example`,
    )
    const listenings = await askOne(
      db,
      sql<{ all: number; without: string[] }>`
        select count(*) as all, coalesce(array_agg(id::text) filter (where coalesce(trim(reference), '') = ''), '{}') as without
        from listening where role in ('MAINTENANCE', 'SECURITY')`,
    )
    const withoutReference = looks.without_reference + listenings.without.length
    return {
      holds: withoutReference === 0,
      facts: {
        looks: looks.looks,
        listenings: listenings.all,
        withoutReference,
        example: listenings.without[0] ?? looks.example?.toString() ?? null,
      },
    }
  },
  say(facts, now) {
    const { fi, sv, en } = wordsAt(now)
    return {
      fi: `Ylläpidon ja turvallisuusyksikön katseluille on aina peruste: ${fi.count(facts.looks, 'katselu', 'katselua')} ja ${fi.count(facts.listenings, 'kuuntelu', 'kuuntelua')}, ilman viitettä ${fi.number(facts.withoutReference)}.`,
      sv: `Underhållets och säkerhetsenhetens läsningar har alltid en grund: ${sv.count(facts.looks, 'läsning', 'läsningar')} och ${sv.count(facts.listenings, 'lyssning', 'lyssningar')}, varav ${sv.number(facts.withoutReference)} utan referens.`,
      en: `Maintenance and security always say why they look: ${en.count(facts.looks, 'look', 'looks')} and ${en.count(facts.listenings, 'listening', 'listenings')}, ${en.number(facts.withoutReference)} without a reference.`,
    }
  },
}
