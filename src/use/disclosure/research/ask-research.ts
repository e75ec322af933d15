/**
 * Recordings lent to research institutes, anonymised and for a while (R28-R33, R35). In: sessions of those who prepare, check,
 * decide and follow. Out: what the database did or refused, state and lacks of each disclosure. Never here: sound, a decision that
 * the database does not make, what ties a copy to a recording once it is confirmed.
 */
import type { RawBuilder } from 'kysely'
import { askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'

/** What the database refuses of every act on a disclosure. */
export const always = ['deny.role', 'not-found', 'research.over'] as const

/** What is missing, as a decision and a release are refused for it. */
export const lackRefusals = [
  'research.research-off',
  'research.items',
  'research.item-destroyed',
  'research.item-restricted',
  'research.anonymised-copy',
  'research.level-not-allowed',
  'research.check',
  'research.undertaking',
  'research.due-date-late',
  'research.due-date-past',
  'research.institute-blocked',
  'research.decision',
] as const

/** What `demand_releasable` refuses with: for whoever makes the package. */
export const releaseRefusals = [
  ...always,
  ...lackRefusals,
  'research.own',
  'research.study-ended',
  'research.item-out',
] as const

/** An act on one disclosure that the database decides on; `of` what it said more. */
export async function act<Code extends string>(
  db: HoldingSafeguards,
  session: Session,
  id: string,
  action: AuditAction,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
): Promise<'done' | Refused<Code>> {
  const answer = await askOfDatabase(db, session, statement, codes, { action, object: { kind: 'disclosure', id } })
  return 'refused' in answer ? answer : 'done'
}
