import { sql } from 'kysely'
import { databaseAct } from '#safeguards/access/database-request.ts'

/** Prevents further downloads of a package. */
export const withdrawPackage = databaseAct((id: string) => ({
  statement: sql`select withdraw_package(${id}::uuid)`,
  refusals: ['deny.role', 'not-found', 'package.over'],
  action: 'package.ended',
  object: { kind: 'package', id },
}))
