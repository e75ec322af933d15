import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { safeguardsOf, type DirectorySource, type SafeguardsDatabase } from '../tables.ts'
import { hashPassword } from './password.ts'
import type { PersonHistory } from './history/person-history.ts'
import { userIdOf } from './written-values.ts'
import { writeHistories } from './history/write-histories.ts'

export interface NewPerson {
  userId: string
  name: string
  givenName?: string | undefined
  familyName?: string | undefined
  unitId?: string | null | undefined
  supervisorId?: string | null | undefined
  /** Key (E.164) of the official's phone number. */
  phoneKey?: PhoneNumberKey | undefined
  phoneKeys?: readonly PhoneNumberKey[] | undefined
  employedFrom: Temporal.Instant
  employedTo?: Temporal.Instant | undefined
  source?: DirectorySource | undefined
  externalId?: string | undefined
}

export interface UserIdTaken {
  refused: 'user-id-taken'
}

/**
 * Enters a person; user ids are personal and never reused (R20). For the command line, as the database owner: the desk uses
 * change-people.ts. Throws the database's error if the number belongs to somebody else.
 */
export async function enterPerson(
  database: SafeguardsDatabase,
  person: NewPerson & { password?: string | undefined },
): Promise<{ id: string } | UserIdTaken> {
  const db = safeguardsOf(database)
  const stored = person.password === undefined ? undefined : await hashPassword(person.password)
  return db.transaction().execute(async (tx) => {
    await sql`select lock_directory()`.execute(tx)
    const userId = userIdOf(person.userId)
    const taken = await tx.selectFrom('person').select('id').where('user_id', '=', userId).executeTakeFirst()
    if (taken) return { refused: 'user-id-taken' }
    const after = newHistory(person)
    await writeHistories(tx, [{ before: undefined, after }])
    if (stored) {
      await tx
        .updateTable('person')
        .set({ password_salt: stored.salt, password_check: stored.check })
        .where('id', '=', after.id)
        .execute()
      await logPassword(tx, after.id)
    }
    return { id: after.id }
  })
}

/** Returns the history of a new person: everything begins with the employment. */
export function newHistory(person: NewPerson): PersonHistory {
  const { employedFrom } = person
  const employedTo = person.employedTo ?? null
  const employed = { from: employedFrom, to: employedTo }
  const placement = { unitId: person.unitId ?? null, supervisorId: person.supervisorId ?? null }
  const isEmployed = employedTo === null || Temporal.Instant.compare(employedFrom, employedTo) < 0
  const phoneKeys = new Set([...(person.phoneKeys ?? []), ...(person.phoneKey === undefined ? [] : [person.phoneKey])])
  return {
    id: randomUUID(),
    userId: userIdOf(person.userId),
    employedFrom,
    employedTo,
    source: person.source ?? 'manual',
    externalId: person.externalId ?? null,
    withdrawnAt: null,
    informedAt: null,
    createdAt: employedFrom,
    changedAt: employedFrom,
    names: [
      {
        name: person.name,
        given: person.givenName ?? null,
        family: person.familyName ?? null,
        from: employedFrom,
        to: null,
      },
    ],
    placements:
      isEmployed && (placement.unitId ?? placement.supervisorId) !== null ? [{ ...placement, ...employed }] : [],
    phones: isEmployed ? [...phoneKeys].map((phoneKey) => ({ phoneKey, ...employed })) : [],
    consents: [],
  }
}

/** Sets a person's password and ends all other sessions. */
export async function setPassword(database: SafeguardsDatabase, personId: string, password: string): Promise<void> {
  const db = safeguardsOf(database)
  const { salt, check } = await hashPassword(password)
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
    await logPassword(tx, personId)
  })
}

/** Logs a password that was set by the operator, with its digest. */
export async function logPassword(tx: SafeguardsDatabase, personId: string): Promise<void> {
  await sql`
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('password.set', 'person', ${personId}::uuid, 'ok', verifiers_detail(${personId}::uuid, '{password}'))`.execute(
    tx,
  )
}

/** Returns the person's id for a user id, ignoring case. */
export async function findPerson(database: SafeguardsDatabase, userId: string): Promise<string | undefined> {
  const found = await safeguardsOf(database)
    .selectFrom('person')
    .select('id')
    .where('user_id', '=', userIdOf(userId))
    .executeTakeFirst()
  return found?.id
}
