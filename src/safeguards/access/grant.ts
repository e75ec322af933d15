/**
 * Authorises views: a session, a purpose and sometimes a reference give a Grant, which the register's doors require, or a
 * logged refusal.
 * The database applies the same rights by row-level security to every statement of a Grant's transaction
 * (database/functions/history/access.sql), so a mistake in one of the two shows less, never more.
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { omitNullish } from '#platform/omit-nullish.ts'
import type { Purpose } from '#description/purposes.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import {
  decide,
  coversSegment,
  rightsInForce,
  servesRequests,
  type AccessRequest,
  type SegmentFactsForAccess,
  type Refusal,
  type Right,
  type AccessContext,
} from './decide.ts'

export type { Refusal, Right } from './decide.ts'

declare const made: unique symbol

/** Permission to view under one purpose, made only by {@link requestGrant}. */
export interface Grant {
  readonly [made]: true
  readonly session: Session
  readonly purpose: Purpose
  /** False if no purpose was stated and the primary one applies; logged. */
  readonly purposeStated: boolean
  readonly reference?: string
  /** Rights in force that cover the purpose; at least one. */
  readonly rights: readonly [Right, ...Right[]]
}

/** Returns the person's rights in force at an instant, limited by the description in force then. */
export async function rightsOf(
  database: SafeguardsDatabase,
  personId: string,
  now: Temporal.Instant,
): Promise<Right[]> {
  const context = await contextOf(database, personId, now)
  return context ? rightsInForce(context) : []
}

/** Reads everything the decision depends on; undefined for a person who is not in the directory. */
async function contextOf(
  database: SafeguardsDatabase,
  personId: string,
  now: Temporal.Instant,
): Promise<AccessContext | undefined> {
  const db = safeguardsOf(database)
  // Sequential: the caller's transaction is one connection.
  const person = await db
    .selectFrom('person')
    .select(['id', 'employed_from', 'employed_to'])
    .where('id', '=', personId)
    .executeTakeFirst()
  const rights = await db
    .selectFrom('access_right')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('valid_from')
    .execute()
  const roles = await db
    .selectFrom('described_role')
    .select(['role', 'duty', 'purposes', 'scope'])
    .where('version', '=', sql<number>`version_at(${now})`)
    .execute()
  if (!person) return undefined
  return {
    now,
    person: { id: person.id, employedFrom: person.employed_from, ...omitNullish({ employedTo: person.employed_to }) },
    held: rights.map((row) => ({
      id: row.id,
      role: row.role,
      purposes: row.purposes,
      scope: { kind: row.scope_kind, units: row.scope_units, numbers: row.scope_numbers },
      from: row.valid_from,
      ...omitNullish({ duty: row.duty, until: row.valid_to, revokedAt: row.revoked_at }),
    })),
    described: roles.map(({ duty, ...role }) => ({ ...role, ...omitNullish({ duty }) })),
  }
}

/**
 * Requests permission to view under a purpose (R3, R36-R41). Default purpose: the primary one, DEVELOPMENT, or the first one
 * the person holds.
 * @returns the Grant, or a refusal that is already logged
 */
export async function requestGrant(
  database: SafeguardsDatabase,
  session: Session,
  request: AccessRequest & { action: AuditEntry['action'] },
  now: Temporal.Instant,
): Promise<Grant | Refusal> {
  const db = safeguardsOf(database)
  const context = await contextOf(db, session.personId, now)
  const decided = context ? decide(context, request) : { refused: 'deny.purpose' as const }
  if ('refused' in decided) {
    await appendAudit(db, {
      action: request.action,
      result: `refused:${decided.refused}`,
      personId: session.personId,
      purpose: request.purpose,
    })
    return decided
  }
  const reference = request.reference?.trim()
  return {
    session,
    purpose: decided.purpose,
    purposeStated: request.purpose !== undefined,
    ...(reference && { reference }),
    rights: decided.rights,
  } as unknown as Grant
}

/**
 * Returns the right of a Grant that covers a segment shown by the database (policies `desk_reads`). A segment that no other
 * right covers was shown for the request in the Grant's reference.
 */
export function rightCovering(grant: Grant, segment: Omit<SegmentFactsForAccess, 'servedUnder'>): Right | undefined {
  const [forRequests, others] = [grant.rights.find(servesRequests), grant.rights.filter((one) => !servesRequests(one))]
  const unserved = { ...segment, servedUnder: [] }
  return others.find((right) => coversSegment(right, grant.session.personId, unserved)) ?? forRequests
}

/** Runs a view in one transaction with the Grant's session and purpose set for the database. */
export function underGrant<Tables, Result>(
  db: Kysely<Tables>,
  grant: Grant,
  view: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  const settings = {
    'seloste.session': grant.session.token,
    'seloste.purpose': grant.purpose,
    'seloste.reference': grant.reference ?? '',
  }
  return inSession(db, settings, view)
}

/** Returns the audit fields of every view under a Grant. */
export function traceOf(grant: Grant, right: Right = grant.rights[0]) {
  return {
    personId: grant.session.personId,
    rightId: right.id,
    role: right.role,
    purpose: grant.purpose,
    reference: grant.reference,
  }
}
