import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { safeguardsOf, type DirectorySource, type HoldingSafeguards } from '../tables.ts'
import { keepPassword } from './password.ts'

export interface NewPerson {
  userId: string
  name: string
  unitId?: string | undefined
  /** Phone number key (E.164) at which the person answers. */
  phoneKey?: PhoneNumberKey | undefined
  password?: string | undefined
  employedFrom: Temporal.Instant
  employedTo?: Temporal.Instant | undefined
  supervisorId?: string | undefined
  source?: DirectorySource | undefined
}

export interface UserIdTaken {
  refused: 'user-id-taken'
}

/** A user id as it is kept and compared: without the blanks around it, in small letters. */
export function userIdOf(written: string): string {
  return written.normalize('NFC').trim().toLowerCase()
}

/**
 * Enters a person; user ids are personal and never used twice (R20). Throws what the database says where the number is
 * somebody else's, or the supervisors would make a circle.
 */
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
        user_id: userIdOf(person.userId),
        // Only who runs the database from the command line gives passwords.
        ...(kept && { password_salt: kept.salt, password_check: kept.check }),
        employed_from: person.employedFrom,
        employed_to: person.employedTo ?? null,
        source: person.source ?? 'manual',
      })
      .onConflict((conflict) => conflict.column('user_id').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) return { refused: 'user-id-taken' }
    const interval = { person_id: id, valid_from: person.employedFrom, valid_to: person.employedTo ?? null }
    await tx
      .insertInto('person_name')
      .values({ ...interval, name: person.name, valid_to: null })
      .execute()
    const placement = { unit_id: person.unitId ?? null, supervisor_id: person.supervisorId ?? null }
    if (placement.unit_id !== null || placement.supervisor_id !== null) {
      await tx
        .insertInto('person_placement')
        .values({ ...interval, ...placement })
        .execute()
    }
    if (person.phoneKey !== undefined) {
      await tx
        .insertInto('person_phone')
        .values({ ...interval, phone_key: person.phoneKey })
        .execute()
    }
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
