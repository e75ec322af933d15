/**
 * What leaves the controller (R27-R35). In: the description in force, sessions of those who prepare, check, decide. Out:
 * anonymised copies for a while, or what a statute gives an authority. Never here: a file of sound that is not encrypted, a
 * disclosure that nobody decided.
 */
import type { RawBuilder } from 'kysely'
import { actInDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'

/** An act on one disclosure that the database decides on; `of` what it said more. Its refusal is in the log. */
export function actOnDisclosure<Code extends string>(
  db: HoldingSafeguards,
  session: Session,
  id: string,
  action: AuditAction,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
): Promise<'done' | Refused<Code>> {
  return actInDatabase(db, session, statement, codes, { action, object: { kind: 'disclosure', id } })
}
