import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

const refusals = ['deny.role', 'not-found', 'package.over'] as const

/** Prevents further downloads of a package. */
export function withdrawPackage(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof refusals)[number]>> {
  const trace = { action: 'package.ended', object: { kind: 'package', id } } as const
  return requestAct(db, session, sql`select withdraw_package(${id}::uuid)`, refusals, trace)
}
