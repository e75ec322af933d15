/**
 * Who may look. In: a session, a purpose, sometimes a reference. Out: a Grant, which the register's doors demand, or a
 * refusal with its reason; a refusal leaves its trace here. Never here: content of any record.
 *
 * The database applies the same rights by row-level security to every statement of a Grant's transaction
 * (migrations/0001-spine.sql), so a mistake in one of the two shows less, never more.
 */
import { randomUUID } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { covers, needsReference, purposes, type Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type HoldingSafeguards, type ScopeKind } from '../tables.ts'

export interface Right {
  id: string
  role: Role
  duty?: 'QUALITY' | 'TRAINING'
  purposes: Purpose[]
  scope: { kind: ScopeKind; units: string[]; numbers: string[] }
  until?: Temporal.Instant
}

declare const made: unique symbol

/** Permission to look under one purpose, made by {@link requestGrant} alone. */
export interface Grant {
  readonly [made]: true
  readonly session: Session
  readonly purpose: Purpose
  /** False where none was stated and the primary one was taken; the log says so. */
  readonly purposeStated: boolean
  readonly reference?: string
  /** The rights in force that cover the purpose; at least one. */
  readonly rights: readonly [Right, ...Right[]]
}

export interface Refusal {
  refused: 'deny.purpose' | 'deny.expired' | 'deny.reference'
  /** With deny.expired: when the right ended. */
  expiredAt?: Temporal.Instant
}

/** The part of a segment that decides who may look at it. */
export interface Reach {
  officialPersonId: string | null
  officialUnitId: string | null
  numberReached: string
}

/** The person's rights in force at an instant, no wider than the description in force then lets their roles be. */
export async function rightsOf(holding: HoldingSafeguards, personId: string, now: Temporal.Instant): Promise<Right[]> {
  const db = safeguardsOf(holding)
  const rows = await db
    .selectFrom('access_right')
    .innerJoin('described_role', (join) =>
      join
        .onRef('described_role.role', '=', 'access_right.role')
        .on(sql<boolean>`described_role.duty is not distinct from access_right.duty`)
        .on('described_role.version', '=', sql<number>`version_at(${now})`),
    )
    .selectAll('access_right')
    .select(['described_role.purposes as described', 'described_role.scope as widest'])
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where('valid_from', '<=', now)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', now)]))
    .orderBy('valid_from')
    .execute()
  return rows.filter(withinDescription).map((row) => ({
    id: row.id,
    role: row.role,
    ...(row.duty && { duty: row.duty }),
    purposes: both(row.purposes, row.described),
    scope: { kind: row.scope_kind, units: row.scope_units, numbers: row.scope_numbers },
    ...(row.valid_to && { until: row.valid_to }),
  }))
}

/** The purposes that two lists have in common, each as wide as both allow (R4). */
function both(held: readonly Purpose[], described: readonly Purpose[]): Purpose[] {
  const within = (list: readonly Purpose[], purpose: Purpose) => list.some((wider) => covers(wider, purpose))
  const common = [
    ...held.filter((purpose) => within(described, purpose)),
    ...described.filter((purpose) => within(held, purpose)),
  ]
  return [...new Set(common)]
}

/** The twin of active_rights() in the database: a scope that the description does not give the role reaches nothing. */
function withinDescription({ scope_kind, widest }: { scope_kind: ScopeKind; widest: ScopeKind }): boolean {
  return scope_kind === widest || scope_kind === 'own' || scope_kind === 'none' || widest === 'all'
}

/**
 * Asks for permission to look under a purpose (R3, R36-R41). Where none is stated, it is the primary one, DEVELOPMENT, or
 * for those who do not hold it the first they hold.
 * @returns the Grant; or a refusal, already in the audit log
 */
export async function requestGrant(
  holding: HoldingSafeguards,
  session: Session,
  asked: { purpose?: Purpose | undefined; reference?: string | undefined; action: AuditEntry['action'] },
  now: Temporal.Instant,
): Promise<Grant | Refusal> {
  const db = safeguardsOf(holding)
  const held = await rightsOf(db, session.personId, now)
  const purpose = asked.purpose ?? purposes.find((one) => held.some((right) => allows(right, one))) ?? 'DEVELOPMENT'
  const rights = held.filter((right) => allows(right, purpose))
  const [first, ...others] = rights
  const reference = asked.reference?.trim()
  if (!first) return refuse(await lapsed(db, session.personId, purpose, now))
  // One right that needs it is enough: the database shows what all of them reach together.
  if (!reference && rights.some(({ role }) => needsReference(purpose, role))) {
    return refuse({ refused: 'deny.reference' })
  }
  return {
    session,
    purpose,
    purposeStated: asked.purpose !== undefined,
    ...(reference && { reference }),
    rights: [first, ...others],
  } as unknown as Grant

  async function refuse(refusal: Refusal): Promise<Refusal> {
    await appendAudit(db, {
      action: asked.action,
      result: `refused:${refusal.refused}`,
      personId: session.personId,
      purpose,
    })
    return refusal
  }
}

function allows(right: Right, purpose: Purpose): boolean {
  return right.purposes.some((held) => covers(held, purpose))
}

/** The right among a Grant's that reaches a segment; the twin of the policy `desk_looks` in the database. */
export function rightReaching(grant: Grant, segment: Reach): Right | undefined {
  return grant.rights.find(({ scope }) => {
    switch (scope.kind) {
      case 'all':
        return true
      case 'own':
        return segment.officialPersonId === grant.session.personId
      case 'unit':
        return segment.officialUnitId !== null && scope.units.includes(segment.officialUnitId)
      case 'numbers':
        return scope.numbers.includes(segment.numberReached)
      case 'none':
        return false
    }
  })
}

/** Runs a look in one transaction in which the database sees the Grant's session and purpose, and nobody else's. */
export function underGrant<Tables, Result>(
  db: Kysely<Tables>,
  grant: Grant,
  look: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  return inSession(db, { 'seloste.session': grant.session.token, 'seloste.purpose': grant.purpose }, look)
}

/** The audit fields that every look under a Grant shares. */
export function traceOf(grant: Grant, right: Right = grant.rights[0]) {
  return {
    personId: grant.session.personId,
    rightId: right.id,
    role: right.role,
    purpose: grant.purpose,
    reference: grant.reference,
  }
}

async function lapsed(
  holding: HoldingSafeguards,
  personId: string,
  purpose: Purpose,
  now: Temporal.Instant,
): Promise<Refusal> {
  const db = safeguardsOf(holding)
  const holders = purposes.filter((held) => covers(held, purpose))
  const endedAt = sql<Temporal.Instant | null>`least(revoked_at, valid_to)`
  const last = await db
    .selectFrom('access_right')
    .select(endedAt.as('ended_at'))
    .where('person_id', '=', personId)
    .where(sql<boolean>`purposes && ${holders}::text[]`)
    .where(endedAt, '<=', now)
    .orderBy('ended_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.ended_at ? { refused: 'deny.expired', expiredAt: last.ended_at } : { refused: 'deny.purpose' }
}

/** A right as the access-authorisation procedure decided it. Asked for by one person, approved by another (R36). */
export async function recordRight(
  holding: HoldingSafeguards,
  right: Omit<Right, 'id'> & { personId: string; requestedBy: string; approvedBy: string; from: Temporal.Instant },
): Promise<string> {
  const db = safeguardsOf(holding)
  const id = randomUUID()
  await db
    .insertInto('access_right')
    .values({
      id,
      person_id: right.personId,
      role: right.role,
      duty: right.duty ?? null,
      purposes: right.purposes,
      scope_kind: right.scope.kind,
      scope_units: right.scope.units,
      scope_numbers: right.scope.numbers,
      valid_from: right.from,
      valid_to: right.until ?? null,
      requested_by: right.requestedBy,
      approved_by: right.approvedBy,
      revoked_at: null,
    })
    .execute()
  await appendAudit(db, {
    action: 'right.granted',
    result: 'ok',
    personId: right.approvedBy,
    rightId: id,
    role: right.role,
    object: { kind: 'person', id: right.personId },
  })
  return id
}
