/**
 * Destroys recordings of a test register as the custodian does, with the real destroyer: enters prohibitions of an
 * unknown person, and destroys recordings on their caller's prohibition.
 */
import { expungeRecordings, type ExpunctionResult, type ExpunctionContext } from '#register/expunge.ts'
import type { RegisterTables } from '#register/tables.ts'
import { withoutCopies, type Copies } from '#safeguards/places/copies.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import type { TestRegister } from './make-register.ts'

export interface TestDestroyer {
  expunging: ExpunctionContext
  /** Enters the prohibition that an early destruction needs; the recording's state stays as it is. */
  forbid: (id: string, party?: 'CALLER' | 'OFFICIAL') => Promise<void>
  /** Forbids and destroys a recording; throws what blocked the destruction. */
  destroy: (id: string, given?: Partial<ExpunctionContext>) => Promise<ExpunctionResult>
}

export function makeDestroyer(
  database: Pick<TestDatabase<RegisterTables>, 'as'>,
  { ingest: context }: Pick<TestRegister, 'ingest'>,
  copies: Copies = withoutCopies,
): TestDestroyer {
  const expunging = { ...context, copies }
  const forbid = (id: string, party?: 'CALLER' | 'OFFICIAL') => recordProhibition(database, id, party)

  return {
    expunging,
    forbid,
    async destroy(id, given = {}) {
      await forbid(id)
      const now = Temporal.Now.instant()
      const ending = { id, cause: 'caller' as const, doneBy: 'test', deadline: now.add({ seconds: 60 }) }
      const expunged = await expungeRecordings({ ...expunging, ...given }, [ending], now)
      if (expunged.failures[0]) throw expunged.failures[0].error
      return expunged
    },
  }
}

/** Enters a prohibition of an unknown person, and its log entry; the recording's state stays as it is. */
export async function recordProhibition(
  database: Pick<TestDatabase<RegisterTables>, 'as'>,
  id: string,
  party: 'CALLER' | 'OFFICIAL' = 'CALLER',
): Promise<void> {
  const client = await database.as().pool.connect()
  try {
    // Bypasses the check of the person who entered it, because nobody did.
    await client.query('begin; set local session_replication_role = replica')
    await client.query(
      `insert into prohibition (recording_id, party, channel, entered_by) values ($1, $2, 'PHONE', gen_random_uuid())
       on conflict do nothing`,
      [id, party],
    )
    await client.query('commit')
    await client.query(
      `insert into audit_entry (action, object_kind, object_id, result)
       select 'recording.forbidden', 'prohibition', id, 'ok' from prohibition where recording_id = $1 and party = $2`,
      [id, party],
    )
  } finally {
    client.release(true)
  }
}
