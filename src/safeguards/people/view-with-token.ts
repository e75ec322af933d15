import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { readHistories } from './history/person-history.ts'
import { describeNow, type PersonNow } from './person-now.ts'
import { userIdOf } from './written-values.ts'
import { listUnits } from './units.ts'

/** Persons requested by an identity system. A person it has removed is found only by user id. */
export type WantedPeople =
  | { id: string }
  | { userId: string }
  | { externalId: string }
  /** In the order of entry; the first is 0. */
  | { offset: number; limit: number }
  | 'all'

export interface FoundPeople {
  people: PersonNow[]
  /** The total, if a part was requested. */
  total: number
}

/**
 * Returns the people that the identity system requests with its token, and logs the access in the same transaction (R21).
 * @returns undefined if the token is invalid or revoked
 */
export async function viewWithToken(
  database: SafeguardsDatabase,
  token: string,
  wanted: WantedPeople,
  now: Temporal.Instant,
): Promise<FoundPeople | undefined> {
  return withToken(database, token, async (tx, client) => {
    const ids = await findIds(tx, wanted)
    const part =
      typeof wanted === 'object' && 'offset' in wanted ? ids.slice(wanted.offset, wanted.offset + wanted.limit) : ids
    const histories = new Map((await readHistories(tx, part)).map((person) => [person.id, person]))
    const people = await describeNow(
      tx,
      part.flatMap((id) => histories.get(id) ?? []),
      now,
    )
    const [only] = part
    await appendAudit(tx, {
      action: 'directory.read',
      result: 'ok',
      object: part.length === 1 && only !== undefined ? { kind: 'person', id: only } : { kind: 'directory' },
      detail: { scimClient: client, people: part.length },
    })
    return { people, total: ids.length }
  })
}

/** Returns true if the token is valid. */
export async function tokenHolds(database: SafeguardsDatabase, token: string): Promise<boolean> {
  return (await withToken(database, token, () => Promise.resolve(true))) === true
}

/** Returns every unit with its present members, for the identity system with a token. */
export async function readUnitsWithToken(
  database: SafeguardsDatabase,
  token: string,
  now: Temporal.Instant,
): Promise<{ id: string; name: string; members: { id: string; name: string }[] }[] | undefined> {
  const found = await viewWithToken(database, token, 'all', now)
  if (!found) return undefined
  const units = await listUnits(database)
  return units.map((unit) => ({
    ...unit,
    members: found.people
      .filter((person) => person.employed && person.unit?.id === unit.id)
      .map(({ id, name }) => ({ id, name: name.name })),
  }))
}

function withToken<Result>(
  database: SafeguardsDatabase,
  token: string,
  work: (tx: Tx, client: string) => Promise<Result>,
): Promise<Result | undefined> {
  const db = safeguardsOf(database)
  return inSession(db, { 'seloste.scim': token }, async (tx) => {
    const client = await selectValue(tx, sql<string | null>`scim_client()`)
    return client ? work(tx, client) : undefined
  })
}

async function findIds(tx: Tx, wanted: WantedPeople): Promise<string[]> {
  let query = tx.selectFrom('person').select('id').orderBy('created_at').orderBy('id')
  if (wanted === 'all' || 'offset' in wanted) query = query.where('withdrawn_at', 'is', null)
  else if ('userId' in wanted) query = query.where('user_id', '=', userIdOf(wanted.userId))
  else if ('externalId' in wanted) {
    query = query.where('external_id', '=', wanted.externalId).where('withdrawn_at', 'is', null)
  } else query = query.where('id', '=', wanted.id).where('withdrawn_at', 'is', null)
  return (await query.execute()).map(({ id }) => id)
}
