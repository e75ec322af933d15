import { sql } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { safeguardsOf, type DirectorySource, type SafeguardsDatabase } from '../../tables.ts'
import type { Interval } from './intervals.ts'

export interface PersonName {
  name: string
  /** Given and family name, only if the identity system supplied them. */
  given: string | null
  family: string | null
}

export interface Placement {
  unitId: string | null
  supervisorId: string | null
}

/** A person with all directory data, each for its time and in order. */
export interface PersonHistory {
  id: string
  userId: string
  /** Current or last employment; of earlier ones only placements and numbers are stored. */
  employedFrom: Temporal.Instant
  employedTo: Temporal.Instant | null
  source: DirectorySource
  externalId: string | null
  /** When the identity system removed the person, who does not exist for it since. */
  withdrawnAt: Temporal.Instant | null
  informedAt: Temporal.Instant | null
  createdAt: Temporal.Instant
  changedAt: Temporal.Instant
  names: (Interval & PersonName)[]
  placements: (Interval & Placement)[]
  phones: (Interval & { phoneKey: PhoneNumberKey })[]
  consents: Interval[]
}

/** Reads everything about the given or all persons, ordered by user id. */
export async function readHistories(database: SafeguardsDatabase, ids?: readonly string[]): Promise<PersonHistory[]> {
  if (ids?.length === 0) return []
  const db = safeguardsOf(database)
  const these = (column: 'id' | 'person_id') =>
    ids === undefined ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = any (${ids}::uuid[])`
  const interval = ['person_id as personId', 'valid_from as from', 'valid_to as to'] as const
  // Sequential: the caller may be in a transaction, which is one connection.
  const people = await db
    .selectFrom('person')
    .select([
      'id',
      'user_id as userId',
      'employed_from as employedFrom',
      'employed_to as employedTo',
      'source',
      'external_id as externalId',
      'withdrawn_at as withdrawnAt',
      'informed_at as informedAt',
      'created_at as createdAt',
      'changed_at as changedAt',
    ])
    .where(these('id'))
    .orderBy('user_id')
    .execute()
  const names = await db
    .selectFrom('person_name')
    .select([...interval, 'name', 'given_name as given', 'family_name as family'])
    .where(these('person_id'))
    .orderBy('valid_from')
    .execute()
  const placements = await db
    .selectFrom('person_placement')
    .select([...interval, 'unit_id as unitId', 'supervisor_id as supervisorId'])
    .where(these('person_id'))
    .orderBy('valid_from')
    .execute()
  const phones = await db
    .selectFrom('person_phone')
    .select([...interval, 'phone_key as phoneKey'])
    .where(these('person_id'))
    .orderBy('valid_from')
    .orderBy('phone_key')
    .execute()
  const consents = await db
    .selectFrom('person_recording_consent')
    .select(interval)
    .where(these('person_id'))
    .orderBy('valid_from')
    .execute()
  const [namesOf, placementsOf, phonesOf, consentsOf] = [
    byPerson(names),
    byPerson(placements),
    byPerson(phones),
    byPerson(consents),
  ]
  return people.map((person) => ({
    ...person,
    names: namesOf(person.id),
    placements: placementsOf(person.id),
    phones: phonesOf(person.id),
    consents: consentsOf(person.id),
  }))
}

function byPerson<Row extends { personId: string }>(rows: readonly Row[]): (id: string) => Omit<Row, 'personId'>[] {
  const groups = Map.groupBy(rows, ({ personId }) => personId)
  return (id) => (groups.get(id) ?? []).map(({ personId: _, ...row }) => row)
}
