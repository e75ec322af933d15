import { sql } from 'kysely'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import { holdsAt } from './history/intervals.ts'
import { viewDirectory, type DirectoryView } from './view-directory.ts'
import { readHistories, type PersonHistory } from './history/person-history.ts'
import type { Session } from './session.ts'
import { unitNames } from './units.ts'
import type { NamedPerson } from './name-people.ts'

/** A person with the names of others in their history. */
export interface PersonInContext {
  person: PersonHistory
  /** By id. */
  units: ReadonlyMap<string, string>
  /** Present names, by id. */
  supervisors: ReadonlyMap<string, string>
  /** Persons supervised now. */
  subordinates: NamedPerson[]
}

/** Returns a person's whole history; administrators see everybody, supervisors their units, others themselves. */
export function readPerson(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token' | 'personId'>,
  personId: string,
  now: Temporal.Instant,
): Promise<PersonInContext | { refused: 'deny.role' | 'not-found' }> {
  return viewDirectory(database, session, async (view) => {
    const [person] = await readHistories(view.tx, [personId])
    if (!person || !isVisible(view, person, now)) {
      return { refused: view.reach.kind === 'own' ? 'deny.role' : 'not-found' }
    }
    return {
      found: { person, ...(await contextOf(view.tx, person, now)) },
      trace: { object: { kind: 'person', id: personId } },
    }
  })
}

function isVisible({ reach, viewerId }: DirectoryView, person: PersonHistory, now: Temporal.Instant): boolean {
  if (reach.kind === 'all' || person.id === viewerId) return true
  if (reach.kind === 'own') return false
  // Present placement, or the last if they have left.
  const placement = person.placements.find((one) => holdsAt(one, now)) ?? person.placements.at(-1)
  return placement?.unitId != null && reach.units.includes(placement.unitId)
}

async function contextOf(
  tx: Tx,
  person: PersonHistory,
  now: Temporal.Instant,
): Promise<Omit<PersonInContext, 'person'>> {
  const above = person.placements.flatMap(({ supervisorId }) => supervisorId ?? [])
  const { rows: supervisors } = await namesNow(tx, sql<boolean>`p.id = any (${above}::uuid[])`, now)
  const { rows: subordinates } = await namesNow(
    tx,
    sql<boolean>`exists (select from person_placement pl where pl.person_id = p.id and pl.supervisor_id = ${person.id}
      and pl.valid_from <= ${now}::timestamptz and (pl.valid_to is null or pl.valid_to > ${now}::timestamptz))`,
    now,
  )
  return {
    units: await unitNames(tx),
    supervisors: new Map(supervisors.map(({ id, name }) => [id, name])),
    subordinates,
  }
}

/** Returns present names under a condition on `p`, by name. */
export function namesNow(tx: Tx, which: ReturnType<typeof sql<boolean>>, now: Temporal.Instant) {
  return sql<NamedPerson>`
    select p.id, n.name from person p
    cross join lateral (
      select name from person_name where person_id = p.id order by valid_from <= ${now}::timestamptz desc, abs(extract(epoch from valid_from - ${now}::timestamptz)) limit 1
    ) n
    where ${which} order by n.name, p.id`.execute(tx)
}
