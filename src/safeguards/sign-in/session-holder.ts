import { sql } from 'kysely'
import { sessionHash } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { SecondFactor } from './sign-in-tables.ts'

/** Holder of a session, for the custodian. */
export interface SessionHolder {
  personId: string
  userId: string
  name: string
  /** Their second factors. */
  factors: SecondFactor[]
  /** Hash of the session's token, in hexadecimal. */
  hash: string
}

/**
 * Returns the holder of a valid session.
 * @param awaiting a session that awaits a second factor, instead of a complete one
 */
export async function holderOf(
  database: SafeguardsDatabase,
  token: string,
  at: Temporal.Instant,
  { awaiting = false } = {},
): Promise<SessionHolder | undefined> {
  const row = await safeguardsOf(database)
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .innerJoin('person_name', 'person_name.person_id', 'person.id')
    .select(['person.id as personId', 'person.user_id as userId', 'person_name.name'])
    .select(sql<SecondFactor[]>`second_factors(person.id)`.as('factors'))
    .where('session.token_hash', '=', sessionHash(token))
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', at)
    .where(sql<boolean>`session_holds(session)`)
    .where('session.awaits_second_factor', '=', awaiting)
    .where('person.employed_from', '<=', at)
    .where((eb) => eb.or([eb('person.employed_to', 'is', null), eb('person.employed_to', '>', at)]))
    .where('person_name.valid_from', '<=', at)
    .where((eb) => eb.or([eb('person_name.valid_to', 'is', null), eb('person_name.valid_to', '>', at)]))
    .executeTakeFirst()
  return row && { ...row, hash: sessionHash(token).toString('hex') }
}
