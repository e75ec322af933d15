/**
 * Contacts that rights to own calls, to a unit's, or to those of a request reach. In: a Grant and a time. Out: these contacts,
 * found by the segments of the person and the units, and by the request: theirs among millions are few, and row-level security
 * would look at all of them to tell. Never here: who may see what; the policies of the database let through what they let through.
 */
import { sql, type Selectable, type Transaction } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { servesRequests } from '#safeguards/access/decide.ts'
import type { Grant } from '#safeguards/access/grant.ts'

/** Whose segments are looked for. */
export interface Holders {
  personId?: string
  units: string[]
  /** With the calls of the request that is served (R46). */
  ofRequest: boolean
}

/** Contacts that started from an instant on and before another, and in the order of a list after one of them. */
export interface Between {
  from?: Temporal.Instant | undefined
  to?: Temporal.Instant | undefined
  after?: { startedAt: Temporal.Instant; id: string } | undefined
  /** Only those that were still going on at this instant. */
  goingOnAt?: Temporal.Instant | undefined
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
/** As many as PostgreSQL's integer counts: all. */
const all = 2 ** 31 - 1

/** Whose segments the Grant's rights reach, where they reach a person's, some units' and a request's and nothing else. */
export function holdersReached({ rights: all, session }: Grant): Holders | undefined {
  const rights = all.filter((right) => !servesRequests(right))
  const kinds = new Set(rights.map(({ scope }) => scope.kind))
  if (kinds.has('all') || kinds.has('numbers')) return undefined
  return {
    ...(kinds.has('own') && { personId: session.personId }),
    units: rights.flatMap(({ scope }) => (scope.kind === 'unit' ? scope.units : [])),
    ofRequest: rights.length < all.length,
  }
}

/** Ids of their contacts, each once, newest first. */
export function idsReached({ personId, units, ofRequest }: Holders, { from, to, after }: Between, most = all) {
  const begins = sql`${from?.toString() ?? '-infinity'}::timestamptz`
  const ends = sql`${to?.toString() ?? 'infinity'}::timestamptz`
  const last = sql`${after?.startedAt.toString() ?? 'infinity'}::timestamptz, ${after?.id ?? lastId}::uuid`
  const theirs = sql`
    select started_at, id from reached_contacts(
      ${personId ?? null}::uuid, ${units}::uuid[], ${begins}, ${ends}, ${last}, ${most}::integer)`
  if (!ofRequest) return theirs
  return sql`
    select started_at, id from (
      (${theirs}) union
      select c.started_at, c.id from contact c
      where c.id = any ((select sees_contacts())::uuid[]) and c.started_at >= ${begins} and c.started_at < ${ends}
        and (c.started_at, c.id) < (${last})
    ) reached order by started_at desc, id desc limit ${most}::integer`
}

/** How many they are, up to a limit. */
export async function countReached(
  tx: Transaction<RegisterTables>,
  holders: Holders,
  between: Between,
  upTo: number,
): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from (${idsReached(holders, between, upTo)}) counted`.execute(tx)
  return Number(rows[0]?.total ?? 0)
}

/** The first of them that the viewer may see. */
export async function pageReached(
  tx: Transaction<RegisterTables>,
  holders: Holders,
  between: Between,
  limit: number,
): Promise<Selectable<RegisterTables['contact']>[]> {
  const page: Selectable<RegisterTables['contact']>[] = []
  let { after } = between
  for (;;) {
    const { rows: ids } = await sql<{ id: string; started_at: Temporal.Instant }>`
      ${idsReached(holders, { ...between, after }, limit)}`.execute(tx)
    const { rows } = await sql<Selectable<RegisterTables['contact']>>`
      select * from contacts_by_id(${ids.map(({ id }) => id)}::uuid[], ${ids.map(({ started_at }) => started_at.toString())}::timestamptz[])`.execute(
      tx,
    )
    const found = new Map(rows.map((row) => [row.id, row]))
    const isShown = ({ ended_at }: Selectable<RegisterTables['contact']>) =>
      !between.goingOnAt || !ended_at || Temporal.Instant.compare(ended_at, between.goingOnAt) >= 0
    page.push(...ids.flatMap(({ id }) => found.get(id) ?? []).filter(isShown))
    const last = ids.at(-1)
    // Some may be past their term and shown to nobody any more, or over before the time that is asked for.
    if (page.length >= limit || ids.length < limit || !last) return page.slice(0, limit)
    after = { startedAt: last.started_at, id: last.id }
  }
}
