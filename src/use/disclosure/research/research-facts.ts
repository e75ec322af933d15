import { sql, type Transaction } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import type { ResearchFacts, ResearchItemFacts } from './research-state.ts'

type Serialized<Facts> = {
  [Field in keyof Facts]: Facts[Field] extends Temporal.Instant | undefined ? string : Facts[Field]
}
/** As returned by the database: instants are text. */
type SerializedFacts = Omit<Serialized<ResearchFacts>, 'items'> & { items: readonly Serialized<ResearchItemFacts>[] }

/**
 * Returns the facts of disclosures (`collect_research_facts` in database/functions/disclosure/research.sql), by id; in the viewer's
 * session.
 */
export async function researchFactsOf(
  tx: Transaction<RegisterTables>,
  ids: readonly string[],
): Promise<Map<string, ResearchFacts>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{
    id: string
    facts: unknown
  }>`select id, facts from research_facts(${ids}::uuid[])`.execute(tx)
  return new Map(rows.map(({ id, facts }) => [id, readResearchFacts(facts)]))
}

/** @param facts from `collect_research_facts` */
export function readResearchFacts(facts: unknown): ResearchFacts {
  const { now, dueEnds, deadline, items, ...rest } = facts as SerializedFacts
  return {
    ...rest,
    now: Temporal.Instant.from(now),
    dueEnds: Temporal.Instant.from(dueEnds),
    deadline: Temporal.Instant.from(deadline),
    items: items.map(({ destroyAt, recallDueAt, confirmedAt, ...item }) => ({
      ...item,
      ...(destroyAt && { destroyAt: Temporal.Instant.from(destroyAt) }),
      ...(recallDueAt && { recallDueAt: Temporal.Instant.from(recallDueAt) }),
      ...(confirmedAt && { confirmedAt: Temporal.Instant.from(confirmedAt) }),
    })),
  }
}
