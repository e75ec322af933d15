/** Lists holders of rights, and finds people for whom a right can be requested. */
import { sql, type RawBuilder } from 'kysely'
import type { Duty, Role } from '#description/roles.ts'
import { appendAudit } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import { containing } from '../people/written-values.ts'

export interface FoundPerson {
  id: string
  userId: string
  name: string
  unit: string | null
}

export interface Holder extends FoundPerson {
  /** Roles of rights in force or in the future. */
  roles: { role: Role; duty: Duty | null }[]
  /** When the first of these rights ends. */
  until: Temporal.Instant | null
}

export interface Candidate extends FoundPerson {
  employedTo: Temporal.Instant | null
  /** Units of which the person is the supervisor now (R37). */
  units: { id: string; name: string; officials: number }[]
}

export interface HolderSearch {
  /** Part of a name or user id. */
  text?: string | undefined
  role?: Role | undefined
  /** End of the previous page. */
  after?: { name: string; id: string } | undefined
  limit: number
}

/**
 * Lists everybody with a right in force or in the future, by name: all for those who decide or monitor, the unit for a
 * supervisor.
 */
export async function listHolders(
  database: SafeguardsDatabase,
  session: Session,
  search: HolderSearch,
): Promise<{ holders: Holder[]; total: number; isMore: boolean } | { refused: 'deny.role' }> {
  return asViewer(database, session, async (tx) => {
    const reach = await candidateScope(tx)
    const refused = !reach.everybody && !reach.supervises
    await appendAudit(tx, {
      action: 'rights.read',
      result: refused ? 'refused:deny.role' : 'ok',
      personId: session.personId,
    })
    if (refused) return { refused: 'deny.role' as const }
    const held = sql<boolean>`r.revoked_at is null and (r.valid_to is null or r.valid_to > now())`
    const found = sql`
      select p.id, p.user_id as "userId", ${nameNow} as name, ${unitNow} as unit,
        (select jsonb_agg(distinct jsonb_build_object('role', r.role, 'duty', r.duty)) from access_right r where r.person_id = p.id and ${held}) as roles,
        (select min(r.valid_to) from access_right r where r.person_id = p.id and ${held}) as until
      from person p
      where (p.employed_to is null or p.employed_to > now())
        and ${reach.everybody ? sql<boolean>`true` : sql<boolean>`p.id = any (${reach.people}::uuid[])`}
        and exists (select from access_right r where r.person_id = p.id and ${held}
          and ${search.role === undefined ? sql<boolean>`true` : sql<boolean>`r.role = ${search.role}`})`
    const matching = sql`select * from (${found}) f where ${matches(search.text)}`
    const { rows: counted } = await sql<{
      total: number
    }>`select count(*)::integer as total from (${matching}) m`.execute(tx)
    const { after, limit } = search
    const { rows } = await sql<Holder>`
      select * from (${matching}) m
      where ${after ? sql<boolean>`(name, id) > (${after.name}, ${after.id}::uuid)` : sql<boolean>`true`}
      order by name, id limit ${limit + 1}`.execute(tx)
    return { holders: rows.slice(0, limit), total: counted[0]?.total ?? 0, isMore: rows.length > limit }
  })
}

/** Finds people for whom the viewer may request a right, by part of a name or user id. */
export async function findCandidates(
  database: SafeguardsDatabase,
  session: Session,
  search: { text?: string | undefined; id?: string | undefined; limit: number },
): Promise<{ asksFor: 'oneself' | 'officials' | 'everybody'; candidates: Candidate[] }> {
  return asViewer(database, session, async (tx) => {
    const reach = await candidateScope(tx)
    const ownerFilter = reach.administers
      ? sql<boolean>`true`
      : sql<boolean>`p.id = any (${[session.personId, ...reach.people]}::uuid[])`
    const { rows } = await sql<Candidate>`
      select f.*, coalesce((
          select jsonb_agg(jsonb_build_object('id', u.unit_id, 'name', unit.name, 'officials', u.officials) order by unit.name)
          from units_supervised(f.id) u join unit on unit.id = u.unit_id
        ), '[]') as units
      from (
        select p.id, p.user_id as "userId", ${nameNow} as name, ${unitNow} as unit, p.employed_to as "employedTo"
        from person p where (p.employed_to is null or p.employed_to > now()) and ${ownerFilter}
          and ${search.id === undefined ? sql<boolean>`true` : sql<boolean>`p.id = ${search.id}::uuid`}
      ) f
      where ${matches(search.text)} order by f.name, f.id limit ${search.limit}`.execute(tx)
    const asksFor = reach.administers ? 'everybody' : reach.people.length > 0 ? 'officials' : 'oneself'
    return { asksFor, candidates: rows }
  })
}

const nameNow = sql`(
  select n.name from person_name n where n.person_id = p.id
  order by n.valid_from <= now() desc, abs(extract(epoch from n.valid_from - now())) limit 1
)`
const unitNow = sql`(
  select unit.name from person_placement pl join unit on unit.id = pl.unit_id
  where pl.person_id = p.id and holds_now(pl.valid_from, pl.valid_to) limit 1
)`

function matches(text: string | undefined): RawBuilder<boolean> {
  if (!text?.trim()) return sql<boolean>`true`
  const pattern = containing(text)
  return sql<boolean>`(f.name ilike ${pattern} or f."userId" ilike ${pattern})`
}

async function candidateScope(tx: Tx) {
  const { rows } = await sql<{ everybody: boolean; administers: boolean; supervises: boolean; people: string[] }>`
    select viewer_sees_rights() as everybody, viewer_is('ADMINISTRATOR') as administers, viewer_is('SUPERVISOR') as supervises,
      supervised_by_viewer() as people`.execute(tx)
  return rows[0] ?? { everybody: false, administers: false, supervises: false, people: [] }
}

/** Counts the present officials of units: those whose calls a right to the units would cover. */
export async function officialsInUnits(
  database: SafeguardsDatabase,
  units: readonly string[],
): Promise<Map<string, number>> {
  if (units.length === 0) return new Map()
  const { rows } = await sql<{ id: string; officials: number }>`
    select pl.unit_id as id, count(*)::integer as officials from person_placement pl
    where pl.unit_id = any (${[...new Set(units)]}::uuid[]) and holds_now(pl.valid_from, pl.valid_to) and is_official(pl.person_id)
    group by 1`.execute(database)
  return new Map(rows.map(({ id, officials }) => [id, officials]))
}
