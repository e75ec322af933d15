/**
 * One-time links for a first or forgotten password, and for the first person of a role (R20), with a release code; only hashes
 * are stored. A link sets a password once, within 24 hours; a second factor stays required. Release is in
 * ../people/directory-changes.ts.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { newToken, tokenHash } from '#platform/links/link-token.ts'
import { appendAudit } from '../audit/append.ts'
import { hashPassword, proofOf } from '../people/password.ts'
import { describePerson } from '../people/people.ts'
import type { Session } from '../people/session.ts'
import { nameOf, userIdOf } from '../people/written-values.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { isOnlyFactor } from './password-length.ts'
import { plainCode } from './one-time-codes.ts'
import type { FirstRole, SecondFactor } from './sign-in-tables.ts'
import { databaseRow, logRefusal, type Refused } from '../access/database-request.ts'

const linkHours = 24

export interface MadeLink {
  token: string
  kind: 'first-password' | 'new-password'
  until: Temporal.Instant
}

export interface SeenLink {
  kind: 'first-password' | 'new-password' | 'first-person'
  until: Temporal.Instant
  person?: { id: string; userId: string; name: string }
  role?: FirstRole
  /** Second factors of the person, which stay required. */
  factors: SecondFactor[]
  /** What the link needs next: its release by a second person, then the code that the person received. */
  awaits: 'release' | 'code' | 'nothing'
}

const useRefusals = [
  'link.none',
  'link.unreleased',
  'link.code',
  'person.user-id-taken',
  'link.same-person',
  'password.unfit',
] as const

const linkUse = { action: 'link.used', object: { kind: 'link' } } as const

/** Requests a link for somebody, as an administrator; an earlier unused one ends. It waits for release. */
export async function makeLink(database: SafeguardsDatabase, session: Session, personId: string) {
  const token = newToken()
  const made = await enterLink(database, session, personId, token)
  return 'refused' in made ? made : { token, ...made }
}

const enterLink = databaseRow((personId: string, token: string) => ({
  statement: sql<Omit<MadeLink, 'token'>>`
    select until, case when had_password then 'new-password' else 'first-password' end as kind
    from make_link(${personId}::uuid, ${tokenHash(token)}::bytea)`,
  refusals: ['deny.role', 'not-found', 'link.own', 'link.needs-operator', 'confirm.fresh'],
  action: 'link.made',
  object: { kind: 'person', id: personId },
}))

/** Makes a link from the command line: for a person, or for the first person of a role. An earlier unused one ends. */
export async function makeOperatorsLink(
  database: SafeguardsDatabase,
  recipient: { personId: string } | { role: FirstRole },
): Promise<string> {
  const token = newToken()
  await safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      const column = 'personId' in recipient ? ('person_id' as const) : ('role' as const)
      const value = 'personId' in recipient ? recipient.personId : recipient.role
      await tx.deleteFrom('one_time_link').where(column, '=', value).where('used_at', 'is', null).execute()
      const { id, tie } = await tx
        .insertInto('one_time_link')
        .values({
          hash: tokenHash(token),
          person_id: 'personId' in recipient ? recipient.personId : null,
          role: 'role' in recipient ? recipient.role : null,
          made_by: null,
          expires_at: sql<Temporal.Instant>`register_now() + make_interval(hours => ${linkHours})`,
          used_at: null,
        })
        .returning(['id', sql<string>`link_fingerprint(one_time_link)`.as('tie')])
        .executeTakeFirstOrThrow()
      await appendAudit(tx, {
        action: 'link.made',
        result: 'ok',
        object: { kind: 'link', id },
        detail:
          'personId' in recipient
            ? { person: recipient.personId, rights: await holdsOrAwaitsRights(tx, recipient.personId), tie }
            : { role: recipient.role, tie },
      })
    })
  return token
}

/** Makes links for first roles without an employed holder; earlier unused ones end. */
export async function makeFirstLinks(database: SafeguardsDatabase): Promise<{ role: FirstRole; token: string }[]> {
  const { rows } = await sql<{ role: FirstRole }>`
    select role from unnest(array['ADMINISTRATOR', 'ACCESS_APPROVER']) role
    where not role_is_held(role)`.execute(database)
  const links: { role: FirstRole; token: string }[] = []
  for (const { role } of rows) links.push({ role, token: await makeOperatorsLink(database, { role }) })
  return links
}

/** Returns the purpose of a link; undefined if it is invalid, used or expired. */
export async function readLink(
  database: SafeguardsDatabase,
  token: string,
  now: Temporal.Instant,
): Promise<SeenLink | undefined> {
  const { rows } = await sql<Omit<SeenLink, 'person' | 'role'> & { person: string | null; role: FirstRole | null }>`
    select person, role, until, factors, awaits,
      case when role is not null then 'first-person' when had_password then 'new-password' else 'first-password' end as kind
    from view_link(${token})`.execute(database)
  const [found] = rows
  if (!found) return undefined
  const { person, role, ...link } = found
  if (role) return { ...link, role, factors: [] }
  if (person === null) return undefined
  const { userId, name } = await describePerson(database, person, now)
  return { ...link, person: { id: person, userId, name } }
}

/** Uses a person's link: sets the password and ends all their sessions. */
export async function useLink(
  database: SafeguardsDatabase,
  token: string,
  password: string,
  code?: string,
): Promise<{ used: true } | Refused<(typeof useRefusals)[number]>> {
  const { salt, check } = await hashPassword(password)
  const using = selectValue(
    database,
    sql<
      'used' | 'none' | 'unreleased' | 'code'
    >`use_link(${token}, ${code === undefined ? null : plainCode(code)}, ${salt},
      ${check}::bytea, ${isOnlyFactor(password)})`,
  )
  const used = await logRefusal(database, undefined, using, useRefusals, linkUse)
  if (typeof used === 'object') return used
  if (used === 'used') return { used: true }
  await appendAudit(database, { ...linkUse, result: `refused:link.${used}` })
  return { refused: `link.${used}` }
}

/** Uses the link for the first person of a role: enters them, or finds them in the directory by their password. */
export async function useFirstLink(
  database: SafeguardsDatabase,
  token: string,
  person: { userId: string; name: string; password: string },
): Promise<{ used: true } | Refused<(typeof useRefusals)[number]>> {
  const userId = userIdOf(person.userId)
  const { salt, check } = await hashPassword(person.password)
  const known = await safeguardsOf(database)
    .selectFrom('person')
    .select('password_salt')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const proof = await proofOf(person.password, known?.password_salt)
  const using = sql`
    select use_first_link(${token}, ${randomUUID()}::uuid, ${userId}, ${nameOf(person.name)}, ${salt}, ${check}::bytea,
      ${isOnlyFactor(person.password)}, ${proof}::bytea)`.execute(database)
  const used = await logRefusal(database, undefined, using, useRefusals, linkUse)
  return 'refused' in used ? used : { used: true }
}

async function holdsOrAwaitsRights(tx: SafeguardsDatabase, personId: string): Promise<boolean> {
  return selectValue(tx, sql<boolean>`holds_or_awaits_rights(${personId}::uuid)`)
}
