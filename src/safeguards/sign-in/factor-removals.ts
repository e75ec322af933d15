/**
 * Removal of a lost second factor: requested by an administrator, confirmed by an access-rights approver; neither is the
 * person. It ends the person's sessions.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { databaseAct, logRefusal, type Refused } from '../access/database-request.ts'

export interface FactorRemoval {
  id: string
  personId: string
  askedBy: string
  askedAt: Temporal.Instant
  reason: string
}

const requestRefusals = ['deny.role', 'removal.own', 'removal.nothing', 'confirm.fresh'] as const

/** Requests a removal; a repeated request replaces the reason. */
export function requestFactorRemoval(
  database: SafeguardsDatabase,
  session: Session,
  personId: string,
  reason: string,
): Promise<FactorRemoval | Refused<(typeof requestRefusals)[number]>> {
  const requesting = asViewer(database, session, async (tx) => {
    const id = await selectValue(tx, sql<string>`request_factor_removal(${personId}::uuid, ${reason})`)
    const { askedAt } = await tx
      .selectFrom('factor_removal')
      .select('asked_at as askedAt')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return { id, personId, askedBy: session.personId, askedAt, reason }
  })
  const trace = { action: 'credential.removal-asked', object: { kind: 'person', id: personId } } as const
  return logRefusal(database, session, requesting, requestRefusals, trace)
}

/** Lists pending removals, oldest first; empty for others than administrators and approvers. */
export function listFactorRemovals(database: SafeguardsDatabase, session: Session): Promise<FactorRemoval[]> {
  return asViewer(database, session, (tx) =>
    tx
      .selectFrom('factor_removal')
      .select(['id', 'person_id as personId', 'asked_by as askedBy', 'asked_at as askedAt', 'reason'])
      .where('state', '=', 'ASKED')
      .orderBy('asked_at')
      .execute(),
  )
}

/** Confirms or refuses a removal, as an access-rights approver. */
export const decideFactorRemoval = databaseAct((id: string, confirm: boolean) => ({
  statement: sql`select decide_factor_removal(${id}::uuid, ${confirm})`,
  refusals: ['deny.role', 'removal.own', 'not-found', 'confirm.passkey', 'confirm.fresh'],
  action: confirm ? 'credential.removed' : 'credential.removal-refused',
  object: { kind: 'credential', id },
}))

/**
 * Removes all second factors of a person, from the command line.
 * @returns false if there was none
 */
export async function removeFactors(database: SafeguardsDatabase, personId: string): Promise<boolean> {
  return safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      const factors = await selectValue(tx, sql<string[]>`second_factors(${personId}::uuid)`)
      if (factors.length === 0) return false
      const verifiers = await verifiersOf(tx, personId)
      await sql`select drop_factors(${personId}::uuid)`.execute(tx)
      const remaining = await verifiersOf(tx, personId)
      await appendAudit(tx, {
        action: 'credential.removed',
        result: 'ok',
        object: { kind: 'credential' },
        detail: { person: personId, by: 'operator', verifiers: verifiers.filter((one) => !remaining.includes(one)) },
      })
      return true
    })
}

/** Returns the log's digests of everything a person signs in with. */
async function verifiersOf(tx: SafeguardsDatabase, personId: string): Promise<string[]> {
  const { rows } = await sql<{ verifier: string }>`select verifier from stored_verifiers(${personId}::uuid)`.execute(tx)
  return rows.map(({ verifier }) => verifier)
}
