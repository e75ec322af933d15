import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'

const refusals = ['deny.role', 'not-found', 'package.over'] as const

/** From now on a package is fetched no more. */
export async function withdrawPackage(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof refusals)[number]>> {
  const trace = { action: 'package.ended', object: { kind: 'package', id } } as const
  const answer = await askOfDatabase(db, session, sql`select withdraw_package(${id}::uuid)`, refusals, trace)
  return 'refused' in answer ? answer : 'done'
}
