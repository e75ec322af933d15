/** Confirmations of important acts by passkey (R14, R36), each usable once. */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { sessionHash } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import type { ConfirmedAct } from './sign-in-tables.ts'

/** An act, its object, and the revision that was read; 0 if it has none. */
export interface Act {
  act: ConfirmedAct
  id: string
  revision: number
}

/** Uses up a confirmation of the session's holder; also true for a person without a passkey. */
export async function spendConfirmation(
  tx: SafeguardsDatabase,
  token: string,
  personId: string,
  { act, id, revision }: Act,
): Promise<boolean> {
  return selectValue(
    tx,
    sql<boolean>`spend_confirmation(${personId}::uuid, ${sessionHash(token)}::bytea, ${act}, ${id}::uuid, ${revision})`,
  )
}
