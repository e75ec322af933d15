/** People as the register knows them: one natural person each, with the names and numbers they have had (R8, R20). */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import { keepPassword } from './password.ts'

export interface NewPerson {
  userId: string
  name: string
  unitId?: string | undefined
  /** Phone number key (E.164) at which the person answers. */
  phoneKey?: PhoneNumberKey | undefined
  password?: string | undefined
  employedFrom: Temporal.Instant
}

/** The database tells here of every change to the directory. */
export const directoryChannel = 'seloste_directory'

export interface UserIdTaken {
  refused: 'user-id-taken'
}

/** Enters a person; user ids are personal and never used twice (R20). */
export async function enterPerson(
  holding: HoldingSafeguards,
  person: NewPerson,
): Promise<{ id: string } | UserIdTaken> {
  const db = safeguardsOf(holding)
  const id = randomUUID()
  const kept = person.password === undefined ? undefined : await keepPassword(person.password)
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .insertInto('person')
      .values({
        id,
        user_id: person.userId.trim().toLowerCase(),
        password_salt: kept?.salt ?? null,
        password_check: kept?.check ?? null,
        unit_id: person.unitId ?? null,
        employed_from: person.employedFrom,
        employed_to: null,
      })
      .onConflict((conflict) => conflict.column('user_id').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) return { refused: 'user-id-taken' }
    await tx
      .insertInto('person_name')
      .values({ person_id: id, name: person.name, valid_from: person.employedFrom, valid_to: null })
      .execute()
    if (person.phoneKey !== undefined) {
      await tx
        .insertInto('person_phone')
        .values({ person_id: id, phone_key: person.phoneKey, valid_from: person.employedFrom, valid_to: null })
        .execute()
    }
    await sql`select pg_notify(${directoryChannel}, ${id})`.execute(tx)
    return { id }
  })
}

/** Sets a person's password and ends every session that another one opened. */
export async function setPassword(holding: HoldingSafeguards, personId: string, password: string): Promise<void> {
  const db = safeguardsOf(holding)
  const { salt, check } = await keepPassword(password)
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('person')
      .set({ password_salt: salt, password_check: check })
      .where('id', '=', personId)
      .execute()
    await tx
      .updateTable('session')
      .set({ ended_at: sql<Temporal.Instant>`now()` })
      .where('person_id', '=', personId)
      .where('ended_at', 'is', null)
      .execute()
  })
}

/** Enters an organisational unit, or finds it by its name. */
export async function enterUnit(holding: HoldingSafeguards, name: string): Promise<string> {
  const db = safeguardsOf(holding)
  await db
    .insertInto('unit')
    .values({ id: randomUUID(), name })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const { id } = await db.selectFrom('unit').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return id
}

export interface DirectoryEntry {
  personId: string
  unitId: string | null
  name: string
  phoneKey: PhoneNumberKey
  from: Temporal.Instant
  to: Temporal.Instant | null
}

/** Who has answered at which number, and when: what capture needs to name the official of a call (R8, R11). */
export async function readDirectory(holding: HoldingSafeguards): Promise<DirectoryEntry[]> {
  const db = safeguardsOf(holding)
  const rows = await db
    .selectFrom('person_phone')
    .innerJoin('person', 'person.id', 'person_phone.person_id')
    .innerJoin('person_name', (join) =>
      join.onRef('person_name.person_id', '=', 'person.id').on('person_name.valid_to', 'is', null),
    )
    .select([
      'person.id as personId',
      'person.unit_id as unitId',
      'person_name.name',
      'person_phone.phone_key as phoneKey',
      'person_phone.valid_from as from',
      'person_phone.valid_to as to',
    ])
    .execute()
  return rows
}

/** A person as they are now. Throws when there is none with this id. */
export async function describePerson(
  holding: HoldingSafeguards,
  personId: string,
): Promise<{ userId: string; name: string; unit: string | null }> {
  return safeguardsOf(holding)
    .selectFrom('person')
    .innerJoin('person_name', (join) =>
      join.onRef('person_name.person_id', '=', 'person.id').on('person_name.valid_to', 'is', null),
    )
    .leftJoin('unit', 'unit.id', 'person.unit_id')
    .select(['person.user_id as userId', 'person_name.name', 'unit.name as unit'])
    .where('person.id', '=', personId)
    .executeTakeFirstOrThrow()
}

/** Every unit's name, by id. */
export async function unitNames(holding: HoldingSafeguards): Promise<Map<string, string>> {
  const units = await safeguardsOf(holding).selectFrom('unit').select(['id', 'name']).execute()
  return new Map(units.map((unit) => [unit.id, unit.name]))
}
