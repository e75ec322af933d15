/** Weighty acts that a passkey confirms (R14, R36). In: a session and an act. Out: whether it was confirmed; it is spent by that. */
import { sql } from 'kysely'
import { sessionHash } from '../people/session.ts'
import type { HoldingSafeguards } from '../tables.ts'
import type { WeightyAct } from './passkey-tables.ts'

/** An act, the object it is done to, and the revision of it that was read; 0 where it has none. */
export interface Act {
  act: WeightyAct
  id: string
  revision: number
}

/** Spends what a session's holder has confirmed with a passkey; true as well for whoever has none. */
export async function spendConfirmation(
  tx: HoldingSafeguards,
  token: string,
  personId: string,
  { act, id, revision }: Act,
): Promise<boolean> {
  const { rows } = await sql<{ spent: boolean }>`
    select spend_confirmation(${personId}::uuid, ${sessionHash(token)}::bytea, ${act}, ${id}::uuid, ${revision}) as spent`.execute(
    tx,
  )
  return rows[0]?.spent === true
}
