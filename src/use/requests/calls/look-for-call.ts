import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { ReadTold } from './told-of-call.ts'

const refusals = [
  'not-found',
  'deny.role',
  'request.closed',
  'request.not-identified',
  'request.not-offered',
  'request.too-many-searches',
  'call.told-too-little',
  'call.named-already',
  'call.matched',
  'input.identity-code',
] as const
export type LookRefusal = Refused<(typeof refusals)[number]>

/** The call of the request that was looked for, found or not, and the number of the request. */
export interface LookedFor {
  call: string
  number: string
}

/**
 * Looks for a call that the requester names (R46); what it finds is written down, and no more of it than that one fits. First that
 * it is asked goes into the log, in a transaction of its own: what is not in the log is not looked for.
 */
export function nameCall(
  db: Kysely<RegisterTables>,
  session: Session,
  requestId: string,
  { told, caller, service }: ReadTold,
): Promise<LookedFor | LookRefusal> {
  return look(
    db,
    session,
    requestId,
    sql<LookedFor>`select * from name_call(${requestId}::uuid, ${JSON.stringify(told)}::jsonb, ${caller}, ${service})`,
  )
}

/** Looks again, with more of what the requester told. */
export function narrowCall(
  db: Kysely<RegisterTables>,
  session: Session,
  of: { requestId: string; callId: string },
  { told, caller, service }: ReadTold,
): Promise<LookedFor | LookRefusal> {
  return look(
    db,
    session,
    of.requestId,
    sql<LookedFor>`
      select * from narrow_call(${of.requestId}::uuid, ${of.callId}::uuid, ${JSON.stringify(told)}::jsonb, ${caller}, ${service})`,
  )
}

async function look(
  db: Kysely<RegisterTables>,
  session: Session,
  requestId: string,
  statement: RawBuilder<LookedFor>,
): Promise<LookedFor | LookRefusal> {
  const trace = { action: 'call.looked-for', object: { kind: 'request', id: requestId } } as const
  const asked = await askOfDatabase(db, session, statement, refusals, trace)
  if ('refused' in asked) return asked
  const looked = asked.rows[0]!
  const settle = sql<{ refused: 'call.named-already' | null }>`
    select settle_call(${requestId}::uuid, ${looked.call}::uuid) as refused`
  const settled = await askOfDatabase(db, session, settle, refusals, trace)
  if ('refused' in settled) return settled
  const refused = settled.rows[0]?.refused
  return refused ? { refused } : looked
}
