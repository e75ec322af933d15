/**
 * Reads the procedure's data for those who may: requests, rights with their decisions, reviews. Records have ids; names come
 * from the directory. Each view is logged (R21).
 */
import { sql, type RawBuilder } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { selectValue } from '#platform/database/select-value.ts'
import { purposes as allPurposes, type Purpose } from '#description/purposes.ts'
import type { Duty, Role, Scope } from '#description/roles.ts'
import { appendAudit } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { rightsInForce, type RoleBound } from './decide.ts'
import type { Doubt, RequestState, RevokeCause, RightOrigin } from './procedure-tables.ts'

type Instant = Temporal.Instant

export interface RequestRecord {
  id: string
  /** The same for all requests made together. */
  batchId: string
  personId: string
  /** The person's user id, which no other person ever has. */
  userId: string
  role: Role
  duty: Duty | null
  purposes: Purpose[]
  scope: { kind: Scope; units: string[]; numbers: string[] }
  reason: string
  /** Null: from the approval on. */
  from: Instant | null
  until: Instant
  requestedBy: string
  requestedAt: Instant
  state: RequestState
  decidedBy: string | null
  decidedAt: Instant | null
  note: string | null
  /** True if the viewer may decide now. */
  mayDecide: boolean
  mayWithdraw: boolean
}

export interface ReviewRecord {
  by: string
  at: Instant
  kept: boolean
  note: string | null
  doubts: Doubt[]
}

export interface RightRecord {
  id: string
  personId: string
  role: Role
  duty: Duty | null
  /** Purposes as granted. */
  purposes: Purpose[]
  /** Limited by the description in force; empty for an ended right. */
  reaches: Purpose[]
  scope: { kind: Scope; units: string[]; numbers: string[] }
  from: Instant
  until: Instant | null
  state: 'active' | 'upcoming' | 'expired' | 'revoked'
  origin: RightOrigin
  grantedAt: Instant
  requestedBy: string | null
  requestedAt: Instant | null
  reason: string | null
  approvedBy: string | null
  note: string | null
  revoked: { at: Instant; by: string | null; cause: RevokeCause; reason: string | null } | null
  /** Oldest first. */
  reviews: ReviewRecord[]
  /** Present doubts; empty for an ended right. */
  doubts: Doubt[]
  /** When it was last confirmed: granted, or kept by a review. */
  confirmedAt: Instant
  /**
   * `due`: not reviewed since this quarter began; `overdue`: since the previous one began, or since a move made it doubtful.
   */
  review: 'done' | 'due' | 'overdue'
  mayRevoke: boolean
  mayReview: boolean
}

export interface PersonsRights {
  person: { userId: string; unit: string | null; employedTo: Instant | null }
  rights: RightRecord[]
  /** Newest first, without those that became rights. */
  requests: RequestRecord[]
}

/** All pending requests can be decided; of decided ones the latest are listed. */
const maxListed = 1000
/** Rights per page of a review. */
const maxReviewed = 100

/** Lists requests that the viewer may read: pending ones, oldest first, then recent decisions. */
export function listRequests(
  database: SafeguardsDatabase,
  session: Session,
  which: 'open' | 'all',
): Promise<RequestRecord[]> {
  return viewAndLog(database, session, {}, async (tx) => {
    const open = await selectRequests(tx, sql<boolean>`q.state = 'REQUESTED' order by q.requested_at, q.id`)
    if (which === 'open') return open
    return [
      ...open,
      ...(await selectRequests(tx, sql<boolean>`q.state <> 'REQUESTED' order by q.decided_at desc, q.id`)),
    ]
  })
}

/** Returns one request. */
export function readRequest(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<RequestRecord | { refused: 'not-found' }> {
  return asViewer(database, session, async (tx) => {
    const [found] = await selectRequests(tx, sql<boolean>`q.id = ${id}::uuid`)
    return found ?? { refused: 'not-found' as const }
  })
}

/** Returns a person's present and past rights (R36). */
export function readRightsOf(
  database: SafeguardsDatabase,
  session: Session,
  personId: string,
  now: Instant,
): Promise<PersonsRights | { refused: 'not-found' }> {
  return viewAndLog(database, session, { personId }, async (tx) => {
    if (!(await maySee(tx, personId))) return { refused: 'not-found' as const }
    const rights = await selectRights(tx, sql<boolean>`r.person_id = ${personId}::uuid`, now)
    const requests = await selectRequests(
      tx,
      sql<boolean>`q.person_id = ${personId}::uuid and q.state <> 'APPROVED' order by q.requested_at desc, q.id`,
    )
    const { rows } = await sql<PersonsRights['person']>`
      select p.user_id as "userId", p.employed_to as "employedTo", (
        select u.name from person_placement pl join unit u on u.id = pl.unit_id
        where pl.person_id = p.id and holds_now(pl.valid_from, pl.valid_to)
      ) as unit from person p where p.id = ${personId}::uuid`.execute(tx)
    const [person] = rows
    return person ? { person, rights, requests } : { refused: 'not-found' as const }
  })
}

/** Returns one right, if the viewer may read its person's. */
export function readRight(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Instant,
): Promise<RightRecord | { refused: 'not-found' }> {
  return asViewer(database, session, async (tx) => {
    const [right] = await selectRights(tx, sql<boolean>`r.id = ${id}::uuid`, now)
    return right && (await maySee(tx, right.personId)) ? right : { refused: 'not-found' as const }
  })
}

/**
 * Lists rights in force that were not reviewed since this quarter began (L20) or that a move has made doubtful (R37, R38),
 * overdue ones first: all for approvers and the data protection officer, those of the unit for a supervisor; `deny.role` for
 * others. Returns a page and the total.
 */
export function listReview(
  database: SafeguardsDatabase,
  session: Session,
  now: Instant,
): Promise<{ rights: RightRecord[]; left: number; overdue: number; reviewed: number } | { refused: 'deny.role' }> {
  return viewAndLog(database, session, {}, async (tx) => {
    const { rows } = await sql<{ everybody: boolean; people: string[]; supervises: boolean }>`
      select viewer_is('ACCESS_APPROVER') or viewer_is('DATA_PROTECTION_OFFICER') as everybody,
        supervised_by_viewer() as people, viewer_is('SUPERVISOR') as supervises`.execute(tx)
    const [viewer] = rows
    if (!viewer?.everybody && !viewer?.supervises) return { refused: 'deny.role' as const }
    const ownerFilter = viewer.everybody
      ? sql<boolean>`true`
      : sql<boolean>`r.person_id = any (${viewer.people}::uuid[])`
    const inForce = sql<boolean>`r.revoked_at is null and holds_now(r.valid_from, r.valid_to)
      and exists (select from person p where p.id = r.person_id and holds_now(p.employed_from, p.employed_to)) and ${ownerFilter}`
    const isDue = sql<boolean>`(confirmed_at(r) < quarter_start(now()) or is_doubtful_after_move(r))`
    const isOverdue = sql<boolean>`(confirmed_at(r) < quarter_start(quarter_start(now()) - interval '1 day') or is_doubtful_after_move(r))`
    const rights = await selectRights(
      tx,
      sql<boolean>`${inForce} and ${isDue} order by is_doubtful_after_move(r) desc, confirmed_at(r), r.id limit ${maxReviewed}`,
      now,
    )
    const { rows: counted } = await sql<{ left: number; overdue: number; reviewed: number }>`
      select count(*) filter (where ${isDue})::integer as left,
        count(*) filter (where ${isOverdue})::integer as overdue,
        count(*) filter (where not ${isDue})::integer as reviewed
      from access_right r where ${inForce}`.execute(tx)
    return { rights, ...(counted[0] ?? { left: 0, overdue: 0, reviewed: 0 }) }
  })
}

/** Lists rights for the command line: one person's, including past ones; or all in force or in the future. */
export async function readRightsAsOwner(
  database: SafeguardsDatabase,
  personId: string | undefined,
  now: Instant,
): Promise<RightRecord[]> {
  return inSession(safeguardsOf(database), {}, async (tx) => {
    await appendAudit(tx, {
      action: 'rights.read',
      result: 'ok',
      ...(personId !== undefined && { object: { kind: 'person', id: personId } }),
    })
    return selectRights(
      tx,
      personId === undefined
        ? sql<boolean>`r.revoked_at is null and (r.valid_to is null or r.valid_to > now()) order by r.role, r.valid_from, r.id`
        : sql<boolean>`r.person_id = ${personId}::uuid`,
      now,
    )
  })
}

async function maySee(tx: Tx, personId: string): Promise<boolean> {
  return selectValue(
    tx,
    sql<boolean>`exists (select from person where id = ${personId}::uuid) and (
      viewer() = ${personId}::uuid or viewer_sees_rights() or ${personId}::uuid = any (supervised_by_viewer()))`,
  )
}

/** Runs a view and its log entry in one transaction with the session set. */
async function viewAndLog<Found extends object>(
  database: SafeguardsDatabase,
  session: Session,
  { personId }: { personId?: string },
  read: (tx: Tx) => Promise<Found>,
): Promise<Found> {
  return asViewer(database, session, async (tx) => {
    const found = await read(tx)
    const refused = 'refused' in found ? (found.refused as string) : undefined
    await appendAudit(tx, {
      action: 'rights.read',
      result: refused === undefined ? 'ok' : `refused:${refused}`,
      personId: session.personId,
      ...(personId !== undefined && { object: { kind: 'person', id: personId } }),
    })
    return found
  })
}

async function selectRequests(tx: Tx, which: RawBuilder<boolean>): Promise<RequestRecord[]> {
  const { rows } = await sql<RequestRecord>`
    select q.id, q.batch_id as "batchId", q.person_id as "personId", p.user_id as "userId", q.role, q.duty, q.purposes,
      jsonb_build_object('kind', q.scope_kind, 'units', q.scope_units, 'numbers', q.scope_numbers) as scope, q.reason,
      q.valid_from as "from", q.valid_to as until,
      q.requested_by as "requestedBy", q.requested_at as "requestedAt", q.state, q.decided_by as "decidedBy",
      q.decided_at as "decidedAt", q.note,
      q.state = 'REQUESTED' and viewer() not in (q.requested_by, q.person_id)
        and (select viewer_is('ACCESS_APPROVER')) as "mayDecide",
      q.state = 'REQUESTED' and viewer() in (q.requested_by, q.person_id) as "mayWithdraw"
    from right_request q join person p on p.id = q.person_id where ${which} limit ${maxListed}`.execute(tx)
  return rows
}

interface RightRow extends Omit<RightRecord, 'revoked' | 'reaches' | 'state' | 'review' | 'mayRevoke' | 'mayReview'> {
  revokedAt: Instant | null
  revokedBy: string | null
  cause: RevokeCause | null
  revokeReason: string | null
  due: boolean
  overdue: boolean
  part: 'own' | 'approver' | 'supervisor' | null
  described: Purpose[] | null
  widest: Scope | null
  employedFrom: Instant
  employedTo: Instant | null
}

async function selectRights(tx: Tx, which: RawBuilder<boolean>, now: Instant): Promise<RightRecord[]> {
  const { rows } = await sql<Omit<RightRow, 'reviews'>>`
    with viewing as materialized (
      select viewer() as me, viewer_is('ACCESS_APPROVER') as approves, supervised_by_viewer() as people
    )
    select r.id, r.person_id as "personId", r.role, r.duty, r.purposes,
      jsonb_build_object('kind', r.scope_kind, 'units', r.scope_units, 'numbers', r.scope_numbers) as scope,
      r.valid_from as "from", r.valid_to as until, r.origin, r.granted_at as "grantedAt",
      r.requested_by as "requestedBy", q.requested_at as "requestedAt", q.reason, r.approved_by as "approvedBy", q.note,
      r.revoked_at as "revokedAt", r.revoked_by as "revokedBy", r.revoke_cause as cause, r.revoke_reason as "revokeReason",
      right_doubts(r) as doubts, c.at as "confirmedAt", c.at < quarter_start(now()) or m.is_doubted as due,
      c.at < quarter_start(quarter_start(now()) - interval '1 day') or m.is_doubted as overdue, case
        when r.person_id = viewing.me then 'own'
        when viewing.approves then 'approver'
        when r.person_id = any (viewing.people) then 'supervisor' end as part,
      d.purposes as described, d.scope as widest, p.employed_from as "employedFrom", p.employed_to as "employedTo"
    from access_right r
    join person p on p.id = r.person_id
    cross join viewing
    cross join lateral (select confirmed_at(r) as at) c
    cross join lateral (select r.revoked_at is null and holds_now(r.valid_from, r.valid_to) and is_doubtful_after_move(r) as is_doubted) m
    left join right_request q on q.id = r.request_id
    left join described_role d on d.version = version_at(now()) and d.role = r.role and d.duty is not distinct from r.duty
    where ${which}`.execute(tx)
  const reviews = await reviewsOf(
    tx,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => recordOf({ ...row, reviews: reviews.get(row.id) ?? [] }, now)).sort(byForceFirst)
}

function recordOf(row: RightRow, now: Instant): RightRecord {
  const { revokedAt, revokedBy, cause, revokeReason, due, overdue, part, described, widest, ...right } = row
  const { employedFrom, employedTo, ...record } = right
  const { id, purposes, scope, from, until } = record
  const state = revokedAt ? 'revoked' : stateAt(now, row)
  const hasEnded = state === 'revoked' || state === 'expired'
  const role = { role: row.role, ...(row.duty && { duty: row.duty }) }
  const bound: RoleBound[] = described && widest ? [{ ...role, purposes: described, scope: widest }] : []
  // A future right is judged as if it had begun.
  const at = state === 'upcoming' ? row.from : now
  const [narrowed] = hasEnded
    ? []
    : rightsInForce({
        now: at,
        person: { id: row.personId, employedFrom, ...(employedTo && { employedTo }) },
        held: [{ id, ...role, purposes, scope, from, ...(until && { until }) }],
        described: bound,
      })
  return {
    ...record,
    doubts: hasEnded ? [] : row.doubts,
    reaches: allPurposes.filter((purpose) => narrowed?.purposes.includes(purpose)),
    state,
    revoked: revokedAt && { at: revokedAt, by: revokedBy, cause: cause ?? 'employment', reason: revokeReason },
    review: overdue ? 'overdue' : due ? 'due' : 'done',
    mayRevoke: !hasEnded && part !== null,
    mayReview: state === 'active' && (part === 'approver' || part === 'supervisor'),
  }
}

function stateAt(
  now: Instant,
  { from, until }: { from: Instant; until: Instant | null },
): 'active' | 'upcoming' | 'expired' {
  const { compare } = Temporal.Instant
  if (until && compare(until, now) <= 0) return 'expired'
  return compare(from, now) > 0 ? 'upcoming' : 'active'
}

const order = { active: 0, upcoming: 1, expired: 2, revoked: 2 } as const

/** Rights in force, then future ones, then past ones, latest first; stable. */
function byForceFirst(a: RightRecord, b: RightRecord): number {
  const byState = order[a.state] - order[b.state]
  return byState !== 0 || order[a.state] < 2 ? byState : Temporal.Instant.compare(endOf(b), endOf(a))
}

function endOf({ revoked, until, from }: RightRecord): Instant {
  return revoked?.at ?? until ?? from
}

async function reviewsOf(tx: Tx, rights: readonly string[]): Promise<Map<string, ReviewRecord[]>> {
  if (rights.length === 0) return new Map()
  const rows = await tx
    .selectFrom('right_review')
    .select(['right_id', 'reviewed_by as by', 'reviewed_at as at', 'kept', 'note', 'doubts'])
    .where('right_id', 'in', [...rights])
    .orderBy('reviewed_at')
    .execute()
  const grouped = Map.groupBy(rows, ({ right_id }) => right_id)
  return new Map([...grouped].map(([id, ones]) => [id, ones.map(({ right_id: _, ...review }) => review)]))
}
